import { z } from 'zod';
import { type StatsPeriod, statsPeriodSchema } from '@/lib/domain/statisticsSchema';
import { type StatsRange, statsRanges } from '@/lib/domain/statsRange';
import { sessionClient } from './sessionClient';
import { unwrap } from './storeError';

export type StatsQuestion = {
  range: StatsRange;
  /** IANA name: where days begin. */
  time_zone: string;
  /** One webhook; all without. */
  webhook_id?: string | undefined;
};

/** Every period of the range, oldest first, the present one last. Row-level security answers only to administrators. */
export async function listStatistics({
  range,
  time_zone,
  webhook_id,
}: StatsQuestion): Promise<StatsPeriod[]> {
  const client = await sessionClient();
  const { periods, step } = statsRanges[range];
  const rows = await client.rpc('webhook_statistics', {
    step,
    periods,
    time_zone,
    target: webhook_id ?? null,
  });
  return z.array(statsPeriodSchema).parse(unwrap(rows));
}
