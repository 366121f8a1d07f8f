'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { followJob } from '@/lib/api/jobs';
import { backfill, backfillCountQuery } from '@/lib/api/reconciliation';
import { webhookQuery } from '@/lib/api/webhooks';
import type { Reconciliation } from '@/lib/domain/reconciliation';
import { useProblemText } from '../../shell/useProblemText';
import { AlertDialog } from '../../ui/AlertDialog';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';

type BackfillProps = { webhookId: string; table: Reconciliation['tables'][number] };

/** Tells the webhook of every row of a table; says beforehand how many there are, as they are counted then. */
export function Backfill({ webhookId, table: { table, event_type } }: BackfillProps) {
  const t = useTranslations('webhooks.reconciliation.tables.backfill');
  const problemText = useProblemText();
  const client = useQueryClient();
  const status = useQuery(webhookQuery(webhookId)).data?.status;
  const [asking, setAsking] = useState(false);
  const kind = event_type.slice(0, event_type.lastIndexOf('.'));
  const counted = useQuery({ ...backfillCountQuery(webhookId, kind), enabled: asking });
  const send = useMutation({
    mutationFn: () => backfill(webhookId, kind),
    onSuccess: (job) => {
      followJob(client, job);
      setAsking(false);
    },
  });
  const error = send.error ?? counted.error;
  return (
    <>
      <Button
        size="sm"
        variant="ghost"
        aria-label={t('openOf', { table })}
        disabled={status !== 'active'}
        onClick={() => setAsking(true)}
      >
        {t('open')}
      </Button>
      <AlertDialog
        open={asking}
        onOpenChange={setAsking}
        title={t('title', { table })}
        description={t('text', { type: event_type })}
        confirmLabel={t('confirm')}
        pending={send.isPending}
        onConfirm={() => send.mutate()}
      >
        {counted.data ? (
          <p aria-live="polite">
            {t(counted.data.capped ? 'capped' : 'count', { count: counted.data.count })}
          </p>
        ) : (
          !counted.error && <p aria-live="polite">{t('counting')}</p>
        )}
        {error && (
          <Banner tone="danger" alert>
            {problemText(error)}
          </Banner>
        )}
      </AlertDialog>
    </>
  );
}
