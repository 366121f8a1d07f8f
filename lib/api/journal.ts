import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { apiFetch, queryString } from './apiFetch';

/** What the journal of the console is narrowed by. */
export type JournalChoice = {
  type?: string | undefined;
  /** ISO 8601, inclusive. */
  since?: string | undefined;
  /** ISO 8601, exclusive. */
  until?: string | undefined;
  record_id?: string | undefined;
  /** What belongs to this record. */
  related_id?: string | undefined;
  /** Only what no webhook got. */
  unheard?: boolean;
};

/** A choice as the query of an address says it. */
const queryOf = ({ unheard, ...filter }: JournalChoice) => ({
  ...filter,
  heard: unheard ? 'false' : undefined,
});

/** Where everything that is chosen can be had as a file, for spreadsheets. */
export const journalCsvPath = (choice: JournalChoice) =>
  `/api/events${queryString({ ...queryOf(choice), format: 'csv' })}`;

/** Every event, newest first, a page at a time. */
export const journalQuery = (choice: JournalChoice) =>
  infiniteQueryOptions({
    queryKey: ['journal', 'list', { ...choice, unheard: choice.unheard ?? false }] as const,
    queryFn: ({ pageParam, signal }) =>
      apiFetch('GET /api/events', {
        query: { ...queryOf(choice), cursor: pageParam, limit: 50 },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });

/** One event, and what became of it at each webhook; asked again while something is under way. */
export const journalEventQuery = (id: string) =>
  queryOptions({
    queryKey: ['journal', 'one', id] as const,
    queryFn: ({ signal }) => apiFetch('GET /api/events/{eventId}', { path: { eventId: id }, signal }),
    refetchInterval: ({ state }) =>
      state.data?.sent_to.some(({ finished_at }) => finished_at === null) ? 3000 : false,
  });

/** Erases what is kept of a record, for good: some of it at once, the rest as a job. */
export const eraseRecord = (recordId: string) =>
  apiFetch('POST /api/records/erase', { body: { record_id: recordId } });
