import { queryOptions } from '@tanstack/react-query';
import type { StatsRange } from '@/lib/domain/statsRange';
import { apiFetch } from './apiFetch';

/** The person's own time zone: where the days of a chart begin. */
export const timeZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** What happened to the deliveries of one webhook, or of all, over time. */
export const deliveryStatsQuery = (range: StatsRange, webhookId: string | undefined) =>
  queryOptions({
    queryKey: ['deliveries', 'stats', range, webhookId],
    queryFn: ({ signal }) =>
      apiFetch('GET /api/deliveries/stats', {
        query: { range, time_zone: timeZone(), webhook_id: webhookId },
        signal,
      }),
    refetchInterval: 10_000,
  });
