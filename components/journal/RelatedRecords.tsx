'use client';

import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useLocale, useTranslations } from 'next-intl';
import { Link } from '@/components/ui/Link';
import { journalQuery } from '@/lib/api/journal';
import { recordRowsQuery } from '@/lib/api/records';
import { kindOf } from '@/lib/domain/eventName';
import { kindLabel } from '@/lib/domain/eventTypes';
import type { JournalEvent } from '@/lib/domain/journal';
import { recordPath } from '@/lib/domain/recordPath';
import { Button } from '../ui/Button';

type RelatedRecordsProps = { recordId: string; events: readonly JournalEvent[] };

/** What the record belongs to, and what belongs to it: the appointments and files of a lead. */
export function RelatedRecords({ recordId, events }: RelatedRecordsProps) {
  const t = useTranslations('events.record');
  const locale = useLocale();
  const { data: rows } = useQuery(recordRowsQuery(recordId));
  const list = useInfiniteQuery(journalQuery({ related_id: recordId }));
  const told = events.find((event) => event.related_id)?.related_id;
  const stored = rows?.find((row) => typeof row.values.lead_id === 'string')?.values.lead_id;
  const owner = (stored as string | undefined) ?? told;
  const related = recordsOf(list.data?.pages.flatMap(({ items }) => items) ?? [], recordId);
  if (!owner && related.length === 0) return null;
  return (
    <div className="flex flex-col gap-2 text-sm">
      {owner && owner !== recordId && <Owner recordId={owner} />}
      {related.length > 0 && (
        <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
          <h2 className="font-normal text-muted text-sm">{t('related')}</h2>
          <ul className="flex flex-wrap gap-x-4 gap-y-1">
            {related.map(({ record_id, record_label, event_type }) => (
              <li key={record_id}>
                <span className="text-muted">{kindLabel(kindOf(event_type), locale)} · </span>
                <RecordLink recordId={record_id} label={record_label ?? record_id} />
              </li>
            ))}
          </ul>
          {list.hasNextPage && (
            <Button variant="link" loading={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
              {t('moreRelated')}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

/** The record that this one belongs to, by its name where its table tells it. */
function Owner({ recordId }: { recordId: string }) {
  const t = useTranslations('events.record');
  const { data: rows } = useQuery(recordRowsQuery(recordId));
  const label = rows?.find((row) => row.label)?.label ?? recordId;
  return (
    <p className="flex flex-wrap gap-x-3">
      <span className="text-muted">{t('belongsTo')}</span>
      <RecordLink recordId={recordId} label={label} />
    </p>
  );
}

function RecordLink({ recordId, label }: { recordId: string; label: string }) {
  return (
    <Link href={recordPath(recordId)} className="wrap-anywhere rounded-sm text-accent-ink hover:underline">
      {label}
    </Link>
  );
}

type Related = JournalEvent & { record_id: string };

/** One of each record but the page's own, by its newest event that names it. */
function recordsOf(events: readonly JournalEvent[], but: string): Related[] {
  const found = new Map<string, Related>();
  for (const event of events) {
    const { record_id } = event;
    if (record_id === null || record_id === but) continue;
    if (!found.get(record_id)?.record_label) found.set(record_id, { ...event, record_id });
  }
  return [...found.values()];
}
