import { queryOptions } from '@tanstack/react-query';
import type { StatsRange } from '@/lib/domain/statsRange';
import { apiFetch, queryString } from './apiFetch';
import { countedOf, jobOf } from './dryRun';
import { webhookKeys } from './webhooks';

const hours: Record<StatsRange, number> = { '24h': 24, '7d': 7 * 24, '30d': 30 * 24 };
/** When a range that ends now began, ISO 8601. */
const beginOf = (range: StatsRange) => new Date(Date.now() - hours[range] * 3_600_000).toISOString();

/** Of what happened in a range that ends now, what a webhook had. */
export const reconciliationQuery = (webhookId: string, range: StatsRange) =>
  queryOptions({
    queryKey: [...webhookKeys.all, 'reconciliation', webhookId, range] as const,
    queryFn: ({ signal }) =>
      apiFetch('GET /api/webhooks/{webhookId}/reconciliation', {
        path: { webhookId },
        query: { from: beginOf(range) },
        signal,
      }),
    // Each look reads much, and may be waited for.
    retry: false,
  });

/** How many events `sendMissing` would send, as they are counted now. */
export const missingCountQuery = (webhookId: string, since: string) =>
  queryOptions({
    queryKey: [...webhookKeys.all, 'missing', webhookId, since] as const,
    queryFn: async ({ signal }) => {
      const answer = await apiFetch('POST /api/webhooks/{webhookId}/missing', {
        path: { webhookId },
        body: { since, dry_run: true },
        signal,
      });
      return countedOf(answer).count;
    },
    retry: false,
    gcTime: 0,
  });

/** Sends what a webhook never had of a time: the job, followed as any. */
export async function sendMissing(webhookId: string, since: string) {
  const answer = await apiFetch('POST /api/webhooks/{webhookId}/missing', {
    path: { webhookId },
    body: { since },
  });
  return jobOf(answer);
}

/** How many rows a backfill would tell the webhook of, as they are counted now. */
export const backfillCountQuery = (webhookId: string, kind: string) =>
  queryOptions({
    queryKey: [...webhookKeys.all, 'backfill', webhookId, kind] as const,
    queryFn: async ({ signal }) => {
      const answer = await apiFetch('POST /api/webhooks/{webhookId}/backfill', {
        path: { webhookId },
        body: { kind, dry_run: true },
        signal,
      });
      return countedOf(answer);
    },
    gcTime: 0,
  });

/** Tells the webhook of the rows that were there before it: the job, followed as any. */
export async function backfill(webhookId: string, kind: string) {
  const answer = await apiFetch('POST /api/webhooks/{webhookId}/backfill', {
    path: { webhookId },
    body: { kind },
  });
  return jobOf(answer);
}

/** Where what the receiver took of a time can be had as a file. */
export const manifestCsvPath = (webhookId: string, from: string) =>
  `/api/webhooks/${webhookId}/manifest${queryString({ from, format: 'csv' })}`;
