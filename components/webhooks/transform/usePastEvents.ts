'use client';

import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { deliveryListQuery } from '@/lib/api/deliveries';
import { conditionPreviewQuery } from '@/lib/api/webhooks';

const recent = 20;

/** What a script is tried on: an event that a delivery was of, or that the journal has. */
export type PastEvent = {
  id: string;
  event_type: string;
  /** ISO 8601. */
  at: string;
  source: { delivery_id: string } | { event_id: string };
};

/** The webhook's last deliveries; as long as it has none, the last events of the journal that it listens to. Newest first. */
export function usePastEvents(
  events: readonly string[],
  webhookId: string | undefined,
): { from: 'deliveries' | 'journal'; items: PastEvent[] } {
  const past = useInfiniteQuery({
    ...deliveryListQuery({ webhook_id: webhookId }, recent),
    enabled: webhookId !== undefined,
    refetchInterval: false,
  });
  const deliveries = past.data?.pages[0]?.items ?? [];
  const hasNone = webhookId === undefined || (past.isSuccess && deliveries.length === 0);
  const journal = useQuery({
    ...conditionPreviewQuery({ conditions: [], events: [...events] }),
    enabled: hasNone && events.length > 0,
  });
  if (hasNone)
    return {
      from: 'journal',
      items: (journal.data?.events ?? []).map(({ id, event_type, occurred_at }) => ({
        id,
        event_type,
        at: occurred_at,
        source: { event_id: id },
      })),
    };
  return {
    from: 'deliveries',
    items: deliveries.map(({ id, event_type, created_at }) => ({
      id,
      event_type,
      at: created_at,
      source: { delivery_id: id },
    })),
  };
}
