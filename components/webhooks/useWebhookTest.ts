'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { deliveryKeys } from '@/lib/api/deliveries';
import { testWebhook, webhookKeys } from '@/lib/api/webhooks';

/** Sends tests for one webhook: `mutate(eventType)`, or `mutate(undefined)` for the plain test message. */
export function useWebhookTest(webhookId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (eventType: string | undefined) => testWebhook(webhookId, eventType),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: webhookKeys.all }),
        client.invalidateQueries({ queryKey: deliveryKeys.all }),
      ]),
  });
}
