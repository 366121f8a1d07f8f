import { describe, expect, it } from 'vitest';
import { gridLines, roundTop, twoDigits } from '@/components/stats/chartScale';
import { addUpPeriods, latencyPercentile, otherErrors } from '@/lib/domain/statistics';
import { type StatsPeriod, statsQuerySchema } from '@/lib/domain/statisticsSchema';

const histogram = (counts: Record<number, number>) =>
  Array.from({ length: 16 }, (_, bucket) => counts[bucket] ?? 0);

const period = (fields: Partial<StatsPeriod> = {}): StatsPeriod => ({
  since: '2026-03-30T08:00:00.000Z',
  succeeded: 0,
  failed: 0,
  retried: 0,
  errors_4xx: 0,
  errors_5xx: 0,
  errors_timeout: 0,
  errors_network: 0,
  errors_transform: 0,
  latency_histogram: histogram({}),
  skipped: 0,
  ...fields,
});

describe('latencyPercentile', () => {
  it.each([
    [{}, 0.5, null],
    [{ 0: 1 }, 1, 5], // all below 5 ms
    [{ 4: 10 }, 0.5, 75], // 50 to 100 ms: half way
    [{ 0: 50, 5: 50 }, 0.5, 5], // exactly at the edge
    [{ 0: 50, 5: 50 }, 0.51, 102],
    [{ 4: 95, 9: 5 }, 0.95, 100],
    [{ 4: 90, 9: 10 }, 0.95, 875],
    [{ 15: 3 }, 0.5, 30_000], // above every bound
  ])('of %j at %d is %s ms', (counts, share, expected) => {
    expect(latencyPercentile(histogram(counts), share)).toBe(expected);
  });
});

describe('addUpPeriods', () => {
  it('adds counts and histograms and keeps the first moment', () => {
    const sum = addUpPeriods([
      period({ succeeded: 1, errors_4xx: 2, latency_histogram: histogram({ 1: 3 }) }),
      period({
        since: '2026-03-30T09:00:00.000Z',
        succeeded: 4,
        failed: 5,
        latency_histogram: histogram({ 1: 1, 15: 2 }),
      }),
    ]);
    expect(sum).toEqual(
      period({ succeeded: 5, failed: 5, errors_4xx: 2, latency_histogram: histogram({ 1: 4, 15: 2 }) }),
    );
  });

  it('of nothing is nothing', () => {
    expect(addUpPeriods([])).toEqual(period({ since: '' }));
  });
});

describe('otherErrors', () => {
  it('are the failed attempts of no family', () => {
    expect(otherErrors(period({ failed: 3, retried: 4, errors_4xx: 2, errors_timeout: 1 }))).toBe(4);
  });
});

describe('the query of statistics', () => {
  it.each(['UTC', 'Europe/Paris', 'America/Argentina/Buenos_Aires'])('takes the zone %s', (time_zone) => {
    expect(statsQuerySchema.parse({ time_zone })).toEqual({ range: '24h', time_zone });
  });

  it.each(['Mars/Olympus', '+02:00', '', "x'; drop table webhooks"])('refuses the zone %s', (time_zone) => {
    expect(statsQuerySchema.safeParse({ time_zone }).success).toBe(false);
  });
});

describe('the axis', () => {
  it.each([
    [0, 1],
    [1, 1],
    [2, 2],
    [3, 4],
    [10, 10],
    [11, 20],
    [61, 80],
    [999, 1000],
    [1001, 2000],
  ])('of %d ends at %d', (most, top) => {
    expect(roundTop(most)).toBe(top);
    for (const line of gridLines(top)) expect(line).toBe(Math.round(line));
  });

  it.each([
    [7, 7],
    [99, 99],
    [142, 140],
    [1250, 1300],
    [30_000, 30_000],
  ])('%d ms is said as %d', (value, said) => {
    expect(twoDigits(value)).toBe(said);
  });
});
