'use client';

import { useQuery } from '@tanstack/react-query';
import { webhookStatsQuery } from '@/lib/api/webhooks';
import { type ReceiverHealth, receiverHealth } from '@/lib/domain/receiverHealth';
import { addUpPeriods } from '@/lib/domain/statistics';
import type { Webhook } from '@/lib/domain/webhook';
import { useNow } from '../../ui/useNow';

const refetchInterval = 30_000;

/** How a webhook's receiver does; undefined while that is not known. */
export function useReceiverHealth(
  webhook: Webhook | undefined,
  webhookId: string,
): ReceiverHealth | undefined {
  const now = useNow();
  const day = useQuery({ ...webhookStatsQuery(webhookId, '24h'), refetchInterval }).data?.periods;
  return webhook && receiverHealth(webhook, day && addUpPeriods(day), now);
}
