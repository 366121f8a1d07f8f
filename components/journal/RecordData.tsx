'use client';

import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { recordRowsQuery } from '@/lib/api/records';
import type { RecordRow } from '@/lib/domain/record';
import { Card } from '../ui/Card';
import { RelativeTime } from '../ui/RelativeTime';

/** The record as it is now, in the tables that tell their changes. */
export function RecordData({ recordId }: { recordId: string }) {
  const { data: rows } = useQuery(recordRowsQuery(recordId));
  return rows?.map((row) => <Row key={row.table} row={row} />);
}

function Row({ row }: { row: RecordRow }) {
  const t = useTranslations('events.record');
  return (
    <section aria-label={t('data')} className="flex flex-col gap-3">
      <h2 className="flex flex-wrap items-baseline gap-x-3 text-base">
        {t('data')}
        <span className="font-normal text-muted text-xs">
          {t('dataOf', { table: row.table.replace(/^public\./, '') })}
        </span>
      </h2>
      <Card>
        <dl className="grid gap-x-6 gap-y-3 sm:grid-cols-2 lg:grid-cols-3">
          {Object.entries(row.values).map(([name, value]) => (
            <div key={name} className="min-w-0">
              <dt className="wrap-anywhere font-mono text-muted text-xs">{name}</dt>
              <dd className="line-clamp-4 wrap-anywhere text-sm">
                <Value value={value} />
              </dd>
            </div>
          ))}
        </dl>
      </Card>
    </section>
  );
}

const moment = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

function Value({ value }: { value: unknown }) {
  if (value === null || value === '') return '–';
  if (typeof value !== 'string') return JSON.stringify(value);
  return moment.test(value) ? <RelativeTime at={value} className="rounded-sm" /> : value;
}
