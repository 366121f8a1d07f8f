'use client';

import { useQueryStates } from 'nuqs';
import { useMemo, useState } from 'react';
import {
  chosenPeriod,
  type DeliveryAddress,
  deliveryAddressOf,
  deliveryParsers,
  deliverySearch,
  type PeriodChoice,
  readDeliveryParams,
  startOf,
  toDeliveryFilter,
} from './deliveryParams';

type Changes = { [Name in keyof DeliveryAddress]?: string | undefined };

/** What the list is narrowed by. It lives in the URL: a link shows the same list. */
export function useDeliveryFilters(webhookId: string | undefined) {
  const [address, setAddress] = useQueryStates(deliveryParsers);
  const [cleared, setCleared] = useState(0);
  const read = readDeliveryParams(address);
  const values = { ...read, webhookId: webhookId ?? read.webhookId };
  const { period } = values;
  // A preset starts where it was chosen, so that the question stays the same while the list is open.
  const presetStart = useMemo(() => startOf(period, Date.now()), [period]);
  const set = (changes: Changes) => {
    const next = Object.entries(changes).map(([name, value]) => [name, value || null]);
    void setAddress(Object.fromEntries(next) as Partial<DeliveryAddress>);
  };
  const choosePeriod = (next: PeriodChoice) => void setAddress(chosenPeriod(next, address, Date.now()));
  const clear = () => {
    setCleared((times) => times + 1);
    void setAddress(({ charts }) => ({ ...nothing, charts }));
  };
  const apply = (search: string) => {
    setCleared((times) => times + 1);
    void setAddress(deliveryAddressOf(new URLSearchParams(search)));
  };
  const { status: _status, charts: _charts, ...narrowing } = address;
  return {
    ...values,
    filter: toDeliveryFilter(values, presetStart),
    search: deliverySearch(address),
    set,
    choosePeriod,
    clear,
    /** Narrows the list to what that query of an address says, and to nothing else. */
    apply,
    /** How often the filters were cleared: what was being typed into them goes too. */
    cleared,
    narrowed: Object.values(narrowing).some((value) => value !== null),
  };
}

const nothing = Object.fromEntries(
  Object.keys(deliveryParsers).map((name) => [name, null]),
) as DeliveryAddress;

export type DeliveryFilters = ReturnType<typeof useDeliveryFilters>;
