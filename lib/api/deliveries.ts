import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { Delivery, DeliveryDetail, DeliveryFilter } from '@/lib/domain/delivery';
import type { Page } from '@/lib/domain/page';
import { apiFetch, queryString } from './apiFetch';

/** Keys of everything cached about deliveries; invalidate `all` after a change. */
export const deliveryKeys = {
  all: ['deliveries'] as const,
  list: (filter: DeliveryFilter) => ['deliveries', 'list', filter] as const,
  one: (id: string) => ['deliveries', 'one', id] as const,
};

const isUnderWay = (delivery: Delivery) => delivery.status === 'pending' || delivery.status === 'retrying';

/** The deliveries that match, newest first, a page at a time; asked again every 2 s while one is under way, else every 5 s. */
export const deliveryListQuery = (filter: DeliveryFilter, limit = 50) =>
  infiniteQueryOptions({
    queryKey: [...deliveryKeys.list(filter), limit],
    queryFn: ({ pageParam, signal }) =>
      apiFetch<Page<Delivery>>(
        `/api/deliveries${queryString({ ...filter, status: filter.status?.join(','), cursor: pageParam, limit })}`,
        {
          signal,
        },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: (query) =>
      query.state.data?.pages.some((page) => page.items.some(isUnderWay)) ? 2000 : 5000,
  });

/** One delivery with its event and every attempt; asked again every second until it is final. */
export const deliveryQuery = (id: string) =>
  queryOptions({
    queryKey: deliveryKeys.one(id),
    queryFn: ({ signal }) => apiFetch<DeliveryDetail>(`/api/deliveries/${id}`, { signal }),
    refetchInterval: (query) => (query.state.data && isUnderWay(query.state.data) ? 1000 : false),
  });

/** Sends a delivery again under its own id. */
export function redeliver(id: string): Promise<DeliveryDetail> {
  return apiFetch(`/api/deliveries/${id}/redeliver`, { method: 'POST' });
}

/** How many of a webhook's deliveries wait to be sent; `Infinity` beyond what one page holds. */
export const waitingCountQuery = (webhookId: string) =>
  queryOptions({
    queryKey: ['deliveries', 'waiting', webhookId],
    queryFn: async ({ signal }) => {
      const query = queryString({ webhook_id: webhookId, status: 'pending,retrying', limit: 200 });
      const page = await apiFetch<Page<Delivery>>(`/api/deliveries${query}`, { signal });
      return page.next_cursor ? Number.POSITIVE_INFINITY : page.items.length;
    },
    staleTime: 0,
  });
