import { infiniteQueryOptions, type QueryClient, queryOptions } from '@tanstack/react-query';
import type {
  Cancelled,
  Delivery,
  DeliveryDetail,
  DeliveryFilter,
  Redelivered,
  ReplayRange,
} from '@/lib/domain/delivery';
import type { Job } from '@/lib/domain/job';
import { apiFetch, queryString } from './apiFetch';
import { applyPage, type DeliveryFeed, emptyFeed, isUnderWay, patchFeed, refreshFeed } from './deliveryFeed';
import { countedOf, jobOf } from './dryRun';

/** Keys of everything cached about deliveries; invalidate `all` after a change. */
export const deliveryKeys = {
  all: ['deliveries'] as const,
  feeds: ['deliveries', 'feed'] as const,
  feed: (filter: DeliveryFilter) => ['deliveries', 'feed', filter] as const,
  list: (filter: DeliveryFilter) => ['deliveries', 'list', filter] as const,
  one: (id: string) => ['deliveries', 'one', id] as const,
};

type Paging = { cursor: string | null; limit: number };

/** A filter as the query of an address says it. */
const queryOf = ({ status, error_kind, ...filter }: DeliveryFilter) => ({
  ...filter,
  status: status?.join(','),
  error_kind: error_kind?.join(','),
});

/** Where everything that matches can be had as a file, for spreadsheets. */
export const deliveriesCsvPath = (filter: DeliveryFilter) =>
  `/api/deliveries${queryString({ ...queryOf(filter), format: 'csv' })}`;

function fetchDeliveries(filter: DeliveryFilter, paging: Paging, signal?: AbortSignal) {
  const query = { ...queryOf(filter), ...paging };
  return apiFetch('GET /api/deliveries', { query, signal });
}

/**
 * The deliveries that match, newest first, growing at both ends: new ones arrive by themselves, older ones with
 * `loadOlderDeliveries`. Asked again quickly while something is about to happen, else every 4 s (10 s for a text search).
 */
export const deliveryFeedQuery = (filter: DeliveryFilter) =>
  queryOptions({
    queryKey: deliveryKeys.feed(filter),
    queryFn: ({ client, signal }) =>
      refreshFeed(
        () => client.getQueryData<DeliveryFeed>(deliveryKeys.feed(filter)) ?? emptyFeed,
        (cursor, limit) => fetchDeliveries(filter, { cursor, limit }, signal),
      ),
    // Searching in payloads is work for the database: less often.
    refetchInterval: ({ state }) =>
      filter.q || filter.record_id ? 10_000 : state.data?.rows.some(isImminent) ? 1500 : 4000,
    gcTime: 30_000,
  });

/** Something will change within seconds: it is being sent, or is due soon. */
function isImminent(delivery: Delivery): boolean {
  if (!isUnderWay(delivery)) return false;
  if (delivery.in_flight) return true;
  return delivery.next_attempt_at !== null && Date.parse(delivery.next_attempt_at) < Date.now() + 4000;
}

/** Adds the next 50 older deliveries to a feed. */
export async function loadOlderDeliveries(client: QueryClient, filter: DeliveryFilter): Promise<void> {
  const key = deliveryKeys.feed(filter);
  const cursor = client.getQueryData<DeliveryFeed>(key)?.nextCursor;
  if (!cursor) return;
  const page = await fetchDeliveries(filter, { cursor, limit: 50 });
  client.setQueryData<DeliveryFeed>(key, (feed) => feed && applyPage(feed, cursor, page));
}

/** Shows deliveries as waiting in every list, until the next look says what became of them. */
export function markAsQueued(client: QueryClient, isQueued: (delivery: Delivery) => boolean): void {
  const queued = {
    status: 'pending' as const,
    next_attempt_at: new Date().toISOString(),
    finished_at: null,
    retry_count: 0,
  };
  client.setQueriesData<DeliveryFeed>(
    { queryKey: deliveryKeys.feeds },
    (feed) => feed && patchFeed(feed, (row) => (isQueued(row) ? queued : undefined)),
  );
}

/** The deliveries that match, newest first, a page at a time; asked again every 2 s while one is under way, else every 5 s. */
export const deliveryListQuery = (filter: DeliveryFilter, limit = 50) =>
  infiniteQueryOptions({
    queryKey: [...deliveryKeys.list(filter), limit],
    queryFn: ({ pageParam, signal }) => fetchDeliveries(filter, { cursor: pageParam, limit }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: (query) =>
      query.state.data?.pages.some((page) => page.items.some(isUnderWay)) ? 2000 : 5000,
  });

/** One delivery with its event and every attempt; asked again every second until it is final. */
export const deliveryQuery = (id: string) =>
  queryOptions({
    queryKey: deliveryKeys.one(id),
    queryFn: ({ signal }) =>
      apiFetch('GET /api/deliveries/{deliveryId}', { path: { deliveryId: id }, signal }),
    refetchInterval: (query) => (query.state.data && isUnderWay(query.state.data) ? 1000 : false),
  });

/** Sends a delivery again under its own id. */
export function redeliver(id: string): Promise<DeliveryDetail> {
  return apiFetch('POST /api/deliveries/{deliveryId}/redeliver', { path: { deliveryId: id } });
}

/** What became of one delivery that was asked to go out again. */
export type RedeliveryResult = Redelivered[number]['result'];

const mostAtOnce = 200;

/** Sends several deliveries again, each under its own id; 200 a request. */
export function redeliverMany(ids: string[]): Promise<Redelivered> {
  return inBatches(ids, (body) => apiFetch('POST /api/deliveries/redeliver', { body }));
}

async function inBatches<Answer>(
  ids: string[],
  ask: (body: { ids: string[] }) => Promise<Answer[]>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let start = 0; start < ids.length; start += mostAtOnce)
    answers.push(...(await ask({ ids: ids.slice(start, start + mostAtOnce) })));
  return answers;
}

/** Takes a waiting delivery out of the queue. */
export function cancelDelivery(id: string): Promise<DeliveryDetail> {
  return apiFetch('POST /api/deliveries/{deliveryId}/cancel', { path: { deliveryId: id } });
}

/** Goes on with the record that waits for what becomes of a failed delivery. */
export function passOver(id: string): Promise<DeliveryDetail> {
  return apiFetch('POST /api/deliveries/{deliveryId}/pass-over', { path: { deliveryId: id } });
}

/** What became of one delivery that was to be taken out of the queue. */
export type CancelResult = Cancelled[number]['result'];

/** Takes several waiting deliveries out of the queue; 200 a request. */
export function cancelMany(ids: string[]): Promise<Cancelled> {
  return inBatches(ids, (body) => apiFetch('POST /api/deliveries/cancel', { body }));
}

/** How many deliveries `replayFailures` would send again. */
export const replayCountQuery = (range: ReplayRange) =>
  queryOptions({
    queryKey: ['deliveries', 'replay', range],
    queryFn: async ({ signal }) => {
      const answer = await apiFetch('POST /api/deliveries/replay', {
        body: { ...range, dry_run: true },
        signal,
      });
      return countedOf(answer);
    },
    staleTime: 0,
  });

/** Sends every failed delivery of the range again, in the background; tests and cancelled ones are left out. */
export async function replayFailures(range: ReplayRange): Promise<Job> {
  return jobOf(await apiFetch('POST /api/deliveries/replay', { body: range }));
}

/** How many of a webhook's deliveries wait to be sent; `Infinity` beyond what one page holds. */
export const waitingCountQuery = (webhookId: string) =>
  queryOptions({
    queryKey: ['deliveries', 'waiting', webhookId],
    queryFn: async ({ signal }) => {
      const filter = { webhook_id: webhookId, status: ['pending', 'retrying'] } satisfies DeliveryFilter;
      const page = await fetchDeliveries(filter, { cursor: null, limit: 200 }, signal);
      if (page.next_cursor) return Number.POSITIVE_INFINITY;
      // What is being sent does not wait, and tests are nobody's backlog.
      return page.items.filter((delivery) => !delivery.in_flight && !delivery.is_test).length;
    },
    staleTime: 0,
  });
