'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Send } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { followJob } from '@/lib/api/jobs';
import { missingCountQuery, sendMissing } from '@/lib/api/reconciliation';
import { webhookQuery } from '@/lib/api/webhooks';
import type { Reconciliation } from '@/lib/domain/reconciliation';
import { useProblemText } from '../../shell/useProblemText';
import { AlertDialog } from '../../ui/AlertDialog';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';

type SendMissingProps = { webhookId: string; found: Reconciliation };

/** Sends what the webhook never had, as far as it asks for it now; says beforehand how much that is, and what it is not. */
export function SendMissing({ webhookId, found }: SendMissingProps) {
  const t = useTranslations('webhooks.reconciliation.missing');
  const problemText = useProblemText();
  const client = useQueryClient();
  const status = useQuery(webhookQuery(webhookId)).data?.status;
  const [asking, setAsking] = useState(false);
  const count = found.types.reduce((sum, { never_had }) => sum + never_had, 0);
  const counted = useQuery({ ...missingCountQuery(webhookId, found.since), enabled: asking });
  const send = useMutation({
    mutationFn: () => sendMissing(webhookId, found.since),
    onSuccess: (job) => {
      followJob(client, job);
      setAsking(false);
    },
  });
  const error = send.error ?? counted.error;
  if (count === 0) return <p className="text-muted text-sm">{t('nothing')}</p>;
  return (
    <div className="flex flex-wrap items-center gap-3">
      <Button variant="primary" disabled={status !== 'active'} onClick={() => setAsking(true)}>
        <Send aria-hidden />
        {t('open', { count })}
      </Button>
      {status === 'inactive' && <p className="text-muted text-sm">{t('inactive')}</p>}
      <AlertDialog
        open={asking}
        onOpenChange={setAsking}
        title={t('title')}
        description={t('text')}
        confirmLabel={t('confirm')}
        pending={send.isPending}
        onConfirm={() => send.mutate()}
      >
        {!counted.error && (
          <p aria-live="polite">
            {counted.data === undefined ? t('counting') : t('count', { count: counted.data })}
          </p>
        )}
        {error && (
          <Banner tone="danger" alert>
            {problemText(error)}
          </Banner>
        )}
      </AlertDialog>
    </div>
  );
}
