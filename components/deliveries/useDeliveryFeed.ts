'use client';

import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { deliveryFeedQuery, loadOlderDeliveries } from '@/lib/api/deliveries';
import type { Delivery, DeliveryFilter } from '@/lib/domain/delivery';

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
  const rows = held ? all?.filter((row) => row.id <= shown.current.newest) : all;
  return {
    feed,
    rows,
    /** How many new rows wait above. */
    waiting: (all?.length ?? 0) - (rows?.length ?? 0),
    /** It came after the list was opened. */
    isNew: (row: Delivery) => !feed.isPlaceholderData && row.id > opened.current.newest,
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
