'use client';

import { useTranslations } from 'next-intl';
import { useProblemText } from '../shell/useProblemText';
import { toast } from '../ui/toast';
import { useExplanation } from './useExplanation';
import { useWebhookTest } from './useWebhookTest';

/** Sends a test to a receiver that is being spared, and says what came of it: a success lets everything through again. */
export function useProbe(webhookId: string) {
  const t = useTranslations('webhooks.pause');
  const explain = useExplanation();
  const problemText = useProblemText();
  // A success takes the notice away, and with it whoever asked.
  return useWebhookTest(webhookId, {
    onSuccess: ({ status, last_error_kind: kind, last_status_code: code }) => {
      if (status === 'success') return toast.success(t('recovered'));
      const why = kind && explain(kind, code, true).title;
      toast.warning(t('stillFailing'), { description: [why, code].filter(Boolean).join(' · ') });
    },
    onError: (error) => toast.error(problemText(error)),
  });
}
