import type { HourlyStats } from './webhook';

/** One sum of all the hours; its `hour` is the first one's, empty without any. */
export function hourlySum(hours: readonly HourlyStats[]): HourlyStats {
  const sum = (key: 'succeeded' | 'failed' | 'retried') =>
    hours.reduce((total, hour) => total + hour[key], 0);
  return {
    hour: hours[0]?.hour ?? '',
    succeeded: sum('succeeded'),
    failed: sum('failed'),
    retried: sum('retried'),
  };
}
