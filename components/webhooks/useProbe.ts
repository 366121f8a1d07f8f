'use client';

import { useTranslations } from 'next-intl';

import { useExplanation } from '../deliveries/useExplanation';
import { useProblemText } from '../shell/useProblemText';
import { toast } from '../ui/toast';
import { useWebhookTest } from './useWebhookTest';

/** Sends a test to a receiver that is being spared, and says what came of it: a success lets everything through again. */
export function useProbe(webhookId: string) {
  const t = useTranslations('webhooks.pause');
  const explain = useExplanation();
  const problemText = useProblemText();
  const test = useWebhookTest(webhookId);
  const mutate = () =>
    test.mutate(undefined, {
      onSuccess: (delivery) => {
        if (delivery.status === 'success') return void toast.success(t('recovered'));
        const kind = delivery.last_error_kind;
        toast.warning(t('stillFailing'), {
          description: [kind && explain(kind, delivery.last_status_code).title, delivery.last_status_code]
            .filter(Boolean)
            .join(' · '),
        });
      },
      onError: (error) => toast.error(problemText(error)),
    });
  return { isPending: test.isPending, mutate };
}
