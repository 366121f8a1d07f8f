'use client';

import { useQuery } from '@tanstack/react-query';
import { waitingCountQuery } from '@/lib/api/deliveries';

/** How many deliveries wait for a webhook, as counted at this moment; `many`: more than were counted. */
type WaitingCount = 'counting' | 'unknown' | 'many' | number;

/** @param open whether anybody wants to know: asked anew each time */
export function useWaitingCount(webhookId: string, open: boolean): WaitingCount {
  const { data, isError, isFetching } = useQuery({
    ...waitingCountQuery(webhookId),
    enabled: open,
    // Read once for the question that stands there.
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  if (isFetching || !open) return 'counting';
  if (isError || data === undefined) return 'unknown';
  return Number.isFinite(data) ? data : 'many';
}
