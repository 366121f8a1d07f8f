'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { deliveryKeys } from '@/lib/api/deliveries';
import { testWebhook, webhookKeys, webhookQuery } from '@/lib/api/webhooks';
import type { DeliveryDetail } from '@/lib/domain/delivery';

/**
 * Sends tests for one webhook: `mutate(eventType)` with the sample of that event, `mutate(undefined)` with the one that
 * is preselected for it.
 * @param told what came of it, also where the component is gone by then
 */
export function useWebhookTest(
  webhookId: string,
  told: { onSuccess?: (delivery: DeliveryDetail) => void; onError?: (error: unknown) => void } = {},
) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (eventType: string | undefined) => {
      if (eventType !== undefined) return testWebhook(webhookId, eventType);
      // The catalogue is not of every page that can send a test.
      const { preselectedSample } = await import('@/lib/domain/eventTypes');
      return testWebhook(webhookId, preselectedSample(await client.ensureQueryData(webhookQuery(webhookId))));
    },
    ...told,
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: webhookKeys.all }),
        client.invalidateQueries({ queryKey: deliveryKeys.all }),
      ]),
  });
}
