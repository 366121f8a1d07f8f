'use client';

import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Inbox } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { journalQuery } from '@/lib/api/journal';
import { recordRowsQuery } from '@/lib/api/records';
import { EmptyState } from '../ui/EmptyState';
import { PageHeader } from '../ui/PageHeader';
import { EraseRecord } from './EraseRecord';
import { JournalList } from './JournalList';
import { RecordData } from './RecordData';
import { RelatedRecords } from './RelatedRecords';

/** One record: what it is now and what belongs to it, what happened to it, and what was sent of that. */
export function RecordEvents({ recordId }: { recordId: string }) {
  const t = useTranslations('events.record');
  const choice = { record_id: recordId };
  const { data } = useInfiniteQuery(journalQuery(choice));
  const events = data?.pages.flatMap(({ items }) => items) ?? [];
  const rows = useQuery(recordRowsQuery(recordId)).data;
  const label =
    rows?.find((row) => row.label)?.label ?? events.find((event) => event.record_label)?.record_label;
  const hasEvents = events.length > 0;
  return (
    <>
      <PageHeader
        title={label ?? recordId}
        description={
          <>
            {t('intro')} {label && <span className="wrap-anywhere font-mono text-xs">{recordId}</span>}
          </>
        }
        backHref="/events/journal"
        backLabel={t('back')}
        actions={hasEvents && <EraseRecord recordId={recordId} label={label ?? recordId} />}
      />
      <RelatedRecords recordId={recordId} events={events} />
      <RecordData recordId={recordId} />
      <h2 className="text-base">{t('sends')}</h2>
      <JournalList
        choice={choice}
        ofRecord
        empty={<EmptyState icon={Inbox} title={t('emptyTitle')} description={t('emptyText')} />}
      />
    </>
  );
}
