import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { apiFetch } from './apiFetch';

/** What the journal of the console is narrowed by. */
export type JournalChoice = {
  type?: string | undefined;
  record_id?: string | undefined;
  /** Only what no webhook got. */
  unheard?: boolean;
};

/** Every event, newest first, a page at a time. */
export const journalQuery = ({ unheard, ...filter }: JournalChoice) =>
  infiniteQueryOptions({
    queryKey: ['journal', 'list', { ...filter, unheard: unheard ?? false }] as const,
    queryFn: ({ pageParam, signal }) =>
      apiFetch('GET /api/events', {
        query: { ...filter, heard: unheard ? 'false' : undefined, cursor: pageParam, limit: 50 },
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
