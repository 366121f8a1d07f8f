'use client';

import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import { deliveryFeedQuery, loadOlderDeliveries } from '@/lib/api/deliveries';
import type { DeliveryFilter } from '@/lib/domain/delivery';

/**
 * The rows of the list. New ones appear by themselves while the top is in view; further down they wait, so that what
 * is being read does not move.
 */
export function useDeliveryFeed(filter: DeliveryFilter) {
  const client = useQueryClient();
  const feed = useQuery({ ...deliveryFeedQuery(filter), placeholderData: keepPreviousData });
  const older = useMutation({ mutationFn: () => loadOlderDeliveries(client, filter) });
  const atTop = useAtTop();
  const all = feed.data?.rows;
  const newest = all?.[0]?.id ?? '';
  const key = JSON.stringify(filter);
  const opened = useRef({ key: '', newest });
  const shown = useRef({ key: '', newest });
  if (all && !feed.isPlaceholderData) {
    if (opened.current.key !== key) opened.current = { key, newest };
    if (atTop || shown.current.key !== key) shown.current = { key, newest };
  }
  const held = !atTop && !feed.isPlaceholderData;
  const newestShown = held ? shown.current.newest : newest;
  const rows = useMemo(
    () => (all?.[0] && all[0].id > newestShown ? all.filter((row) => row.id <= newestShown) : all),
    [all, newestShown],
  );
  return {
    feed,
    rows,
    /** How many new rows wait above. */
    waiting: (all?.length ?? 0) - (rows?.length ?? 0),
    /** The newest id when the list was opened: greater ones came since. */
    openedAt: feed.isPlaceholderData ? newest : opened.current.newest,
    hasMore: Boolean(feed.data?.nextCursor),
    older,
  };
}

const topHeight = 240;

function useAtTop(): boolean {
  const [atTop, setAtTop] = useState(true);
  useEffect(() => {
    const look = () => setAtTop(window.scrollY < topHeight);
    look();
    window.addEventListener('scroll', look, { passive: true });
    return () => window.removeEventListener('scroll', look);
  }, []);
  return atTop;
}
