'use client';

import { useFormatter, useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { Link } from '@/components/ui/Link';
import type { Reconciliation } from '@/lib/domain/reconciliation';
import { DataTable } from '../../ui/DataTable';
import type { Column } from '../../ui/dataTableTypes';

type Row = Reconciliation['types'][number];
type Figure = Exclude<keyof Row, 'event_type'>;

const figures = [
  'happened',
  'delivered',
  'waiting',
  'failed',
  'skipped',
  'not_matched',
  'never_had',
] as const satisfies Figure[];

/** The deliveries that a figure counts, as their list calls them. */
const listed: Partial<Record<Figure, string>> = {
  delivered: 'success',
  waiting: 'pending',
  failed: 'failed',
  skipped: 'skipped',
};

type ReconciliationTableProps = {
  webhookId: string;
  /** Undefined while loading. */
  since: string | undefined;
  rows: readonly Row[] | undefined;
  empty: ReactNode;
};

/** The six figures of each event type, which add up to what happened. Each one that has a list leads to it. */
export function ReconciliationTable({ webhookId, since, rows, empty }: ReconciliationTableProps) {
  const t = useTranslations('webhooks.reconciliation');
  const format = useFormatter();
  const cell = (row: Row, figure: Figure) => {
    const status = listed[figure];
    const text = format.number(row[figure]);
    if (row[figure] === 0) return <span className="text-muted">{text}</span>;
    if (!status || !since) return text;
    const query = new URLSearchParams({ status, event_type: row.event_type, period: 'custom', from: since });
    return (
      <Link
        href={`/webhooks/${webhookId}/deliveries?${query}`}
        className="rounded-sm text-accent-ink hover:underline"
      >
        {text}
      </Link>
    );
  };
  const columns: Column<Row>[] = [
    {
      id: 'type',
      header: t('type'),
      cell: (row) => <span className="wrap-anywhere font-mono text-sm">{row.event_type}</span>,
    },
    ...figures.map((figure) => ({
      id: figure,
      header: t(`figures.${figure}`),
      align: 'right' as const,
      className: 'tabular-nums',
      cell: (row: Row) => cell(row, figure),
    })),
  ];
  return (
    <DataTable
      label={t('title')}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.event_type}
      empty={empty}
    />
  );
}
