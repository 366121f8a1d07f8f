'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { deliveryKeys } from '@/lib/api/deliveries';
import { jobKeys } from '@/lib/api/jobs';
import { updateWebhook, webhookKeys } from '@/lib/api/webhooks';
import type { Webhook } from '@/lib/domain/webhook';
import { useProblemText } from '../../shell/useProblemText';
import { toast } from '../../ui/toast';

type StatusChange = { status: 'active' | 'inactive'; waiting?: 'send' | 'cancel' };

/** Switches a webhook on or off and says so; what is shown follows the server's answer. */
export function useSetStatus(webhook: Pick<Webhook, 'id' | 'name'>) {
  const t = useTranslations('webhooks.actions');
  const client = useQueryClient();
  const problemText = useProblemText();
  return useMutation({
    mutationFn: (change: StatusChange) => updateWebhook(webhook.id, change),
    onSuccess: (updated) => {
      client.setQueryData(webhookKeys.one(webhook.id), updated);
      toast.success(t(updated.status === 'active' ? 'activated' : 'deactivated', { name: webhook.name }));
    },
    onError: (error) => toast.error(problemText(error)),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: webhookKeys.all }),
        client.invalidateQueries({ queryKey: deliveryKeys.all }),
        client.invalidateQueries({ queryKey: jobKeys.all }),
      ]),
  });
}
