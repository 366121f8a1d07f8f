'use client';

import { usePathname, useSearchParams } from 'next/navigation';
import { useMemo, useState } from 'react';
import { type DeliveryParams, readDeliveryParams, startOf, toDeliveryFilter } from './deliveryParams';

type FilterParam = 'status' | 'webhook_id' | 'event_type' | 'period' | 'from' | 'to' | 'q' | 'charts';

/** What the list is narrowed by. It lives in the URL: a link shows the same list. */
export function useDeliveryFilters(webhookId: string | undefined) {
  const params = useSearchParams();
  const pathname = usePathname();
  const [cleared, setCleared] = useState(0);
  const read = readDeliveryParams(params);
  const values: DeliveryParams = { ...read, webhookId: webhookId ?? read.webhookId };
  const { period, charts } = values;
  // A preset starts where it was chosen, so that the question stays the same while the list is open.
  const presetStart = useMemo(() => startOf(period, Date.now()), [period]);
  const set = (changes: Partial<Record<FilterParam, string | undefined>>) => {
    // From the address as it is by now: a change may follow another before anything is drawn.
    const next = new URLSearchParams(window.location.search);
    for (const [name, value] of Object.entries(changes)) value ? next.set(name, value) : next.delete(name);
    window.history.replaceState(null, '', withSearch(window.location.pathname, next.toString()));
  };
  const clear = () => {
    setCleared((times) => times + 1);
    window.history.replaceState(null, '', withSearch(pathname, charts ? `charts=${charts}` : ''));
  };
  const narrowed = [...params.keys()].some((name) => name !== 'status' && name !== 'charts');
  return {
    ...values,
    filter: toDeliveryFilter(values, presetStart),
    search: params.toString(),
    set,
    clear,
    /** How often the filters were cleared: what was being typed into them goes too. */
    cleared,
    narrowed,
  };
}

export type DeliveryFilters = ReturnType<typeof useDeliveryFilters>;

export const withSearch = (path: string, search: string) => (search ? `${path}?${search}` : path);
