'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { type JournalChoice, journalQuery } from '@/lib/api/journal';
import { ErrorState } from '../shell/ErrorState';
import { LoadMore } from '../ui/LoadMore';
import { Skeleton } from '../ui/Skeleton';
import { JournalRow } from './JournalRow';

type JournalListProps = {
  choice: JournalChoice;
  /** All are of one record: it is not said of each. */
  ofRecord?: boolean;
  /** What stands here when there is no event. */
  empty: ReactNode;
};

/** Events, newest first; one is open, and says what became of it at each webhook. */
export function JournalList({ choice, ofRecord = false, empty }: JournalListProps) {
  const list = useInfiniteQuery(journalQuery(choice));
  const rows = list.data?.pages.flatMap((page) => page.items);
  // A record's newest event is open: it is why somebody came. What the system tells of its deliveries comes of an event.
  const newest = rows?.find(({ origin }) => origin !== 'system') ?? rows?.[0];
  const [chosen, setChosen] = useState<string | null | undefined>(undefined);
  const open = chosen === undefined && ofRecord ? newest?.id : chosen;
  if (!rows) {
    if (list.error) return <ErrorState error={list.error} onRetry={() => list.refetch()} />;
    return <Skeleton className="h-64" />;
  }
  if (rows.length === 0) return empty;
  return (
    <div className="overflow-hidden rounded-lg border bg-raised shadow-xs">
      <ul className="divide-y">
        {rows.map((event) => (
          <JournalRow
            key={event.id}
            event={event}
            ofRecord={ofRecord}
            open={event.id === open}
            onToggle={() => setChosen(event.id === open ? null : event.id)}
          />
        ))}
      </ul>
      <LoadMore
        hasMore={list.hasNextPage}
        loading={list.isFetchingNextPage}
        onLoadMore={() => list.fetchNextPage()}
      />
    </div>
  );
}
