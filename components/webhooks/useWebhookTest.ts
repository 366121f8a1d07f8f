'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { deliveryKeys } from '@/lib/api/deliveries';
import { testWebhook, webhookKeys } from '@/lib/api/webhooks';
import type { DeliveryDetail } from '@/lib/domain/delivery';

/**
 * Sends tests for one webhook: `mutate(eventType)`, or `mutate(undefined)` for the plain test message.
 * @param told what came of it, also where the component is gone by then
 */
export function useWebhookTest(
  webhookId: string,
  told: { onSuccess?: (delivery: DeliveryDetail) => void; onError?: (error: unknown) => void } = {},
) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (eventType: string | undefined) => testWebhook(webhookId, eventType),
    ...told,
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: webhookKeys.all }),
        client.invalidateQueries({ queryKey: deliveryKeys.all }),
      ]),
  });
}
