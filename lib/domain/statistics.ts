import type { StatsPeriod } from './statisticsSchema';

/** The upper ends of the histogram's buckets in milliseconds; one more bucket holds what is above. Twin of the SQL `webhook_latency_bucket`. */
const latencyBounds = [
  5, 10, 25, 50, 100, 200, 300, 500, 750, 1000, 2000, 3000, 5000, 10_000, 30_000,
] as const;

/**
 * The duration in milliseconds that a share of the answers stayed below, estimated within its bucket.
 * @param share from 0 to 1: 0.95 for p95
 * @returns null without any answer; the last bound for what is above it
 */
export function latencyPercentile(histogram: readonly number[], share: number): number | null {
  const total = histogram.reduce((sum, attempts) => sum + attempts, 0);
  if (total === 0) return null;
  let left = total * share;
  for (const [index, attempts] of histogram.entries()) {
    const upper = latencyBounds[index];
    if (upper === undefined) break;
    if (attempts > 0 && left <= attempts) {
      const lower = latencyBounds[index - 1] ?? 0;
      return Math.round(lower + (upper - lower) * (left / attempts));
    }
    left -= attempts;
  }
  return latencyBounds.at(-1) ?? null;
}

/** One sum of all the periods; its `since` is the first one's, empty without any. */
export function addUpPeriods(periods: readonly StatsPeriod[]): StatsPeriod {
  const sum = (of: (period: StatsPeriod) => number) =>
    periods.reduce((total, period) => total + of(period), 0);
  return {
    since: periods[0]?.since ?? '',
    succeeded: sum((period) => period.succeeded),
    failed: sum((period) => period.failed),
    retried: sum((period) => period.retried),
    skipped: sum((period) => period.skipped),
    errors_4xx: sum((period) => period.errors_4xx),
    errors_5xx: sum((period) => period.errors_5xx),
    errors_timeout: sum((period) => period.errors_timeout),
    errors_network: sum((period) => period.errors_network),
    errors_transform: sum((period) => period.errors_transform),
    latency_histogram: Array.from({ length: latencyBounds.length + 1 }, (_, bucket) =>
      sum((period) => period.latency_histogram[bucket] ?? 0),
    ),
  };
}

/** Failed attempts that belong to no named family: redirects, provisional answers, requests that could not be built. */
export function otherErrors(period: StatsPeriod): number {
  const named =
    period.errors_4xx +
    period.errors_5xx +
    period.errors_timeout +
    period.errors_network +
    period.errors_transform;
  return Math.max(0, period.failed + period.retried - named);
}
