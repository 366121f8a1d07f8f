'use client';

import { useQuery } from '@tanstack/react-query';
import { Inbox } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { parseAsStringLiteral, useQueryState } from 'nuqs';
import { reconciliationQuery } from '@/lib/api/reconciliation';
import { statsRangeNames } from '@/lib/domain/statsRange';
import { ErrorState } from '../../shell/ErrorState';
import { EmptyState } from '../../ui/EmptyState';
import { SegmentedControl } from '../../ui/SegmentedControl';
import { Manifest } from './Manifest';
import { ReconciliationTable } from './ReconciliationTable';
import { SendMissing } from './SendMissing';
import { UntoldRows } from './UntoldRows';

/** What happened and what this webhook had of it, and sending it what it never had. */
export function Reconciliation({ webhookId }: { webhookId: string }) {
  const t = useTranslations('webhooks.reconciliation');
  const [range, setRange] = useQueryState('range', parseAsStringLiteral(statsRangeNames).withDefault('7d'));
  const { data, error, refetch } = useQuery(reconciliationQuery(webhookId, range));
  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="max-w-prose text-muted text-sm">{t('intro')}</p>
        <SegmentedControl
          aria-label={t('range')}
          value={range}
          onValueChange={setRange}
          options={statsRangeNames.map((value) => ({ value, label: t(`ranges.${value}`) }))}
        />
      </div>
      {error && !data ? (
        <ErrorState error={error} onRetry={() => refetch()} />
      ) : (
        <ReconciliationTable
          webhookId={webhookId}
          since={data?.since}
          rows={data?.types}
          empty={<EmptyState icon={Inbox} title={t('emptyTitle')} description={t('emptyText')} />}
        />
      )}
      {data && data.types.length > 0 && <SendMissing webhookId={webhookId} found={data} />}
      {data && data.types.length > 0 && <Manifest webhookId={webhookId} since={data.since} />}
      {data && <UntoldRows webhookId={webhookId} tables={data.tables} />}
    </div>
  );
}
