import type { HourlyStats } from '@/lib/domain/webhook';

const hourMs = 3_600_000;

/**
 * The last `hours` hours, oldest first, with zeros where nothing happened.
 * @param now milliseconds since 1970
 */
export function fillHours(stats: readonly HourlyStats[], hours: number, now: number): HourlyStats[] {
  const known = new Map(stats.map((hour) => [Math.floor(Date.parse(hour.hour) / hourMs), hour]));
  const last = Math.floor(now / hourMs);
  return Array.from({ length: hours }, (_, index) => {
    const hour = last - hours + 1 + index;
    return (
      known.get(hour) ?? { hour: new Date(hour * hourMs).toISOString(), succeeded: 0, failed: 0, retried: 0 }
    );
  });
}

/** One sum of all the hours; its `hour` is the first one's, empty without any. */
export function addUp(hours: readonly HourlyStats[]): HourlyStats {
  const sum = (key: 'succeeded' | 'failed' | 'retried') =>
    hours.reduce((total, hour) => total + hour[key], 0);
  return {
    hour: hours[0]?.hour ?? '',
    succeeded: sum('succeeded'),
    failed: sum('failed'),
    retried: sum('retried'),
  };
}

/** The share of deliveries that ended well, from 0 to 1; null when none ended. */
export function successRate(stats: { succeeded: number; failed: number }): number | null {
  const ended = stats.succeeded + stats.failed;
  return ended === 0 ? null : stats.succeeded / ended;
}
