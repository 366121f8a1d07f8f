'use client';

import { useFormatter, useTranslations } from 'next-intl';
import { latencyPercentile, otherErrors } from '@/lib/domain/statistics';
import type { StatsPeriod } from '@/lib/domain/statisticsSchema';
import { useDuration } from '../ui/useDuration';
import { twoDigits } from './chartScale';

type Part = { key: string; swatch: string; of: (period: StatsPeriod) => number };

/** What deliveries came to, from the bottom of a bar to its top. */
const outcomes: (Part & { key: 'succeeded' | 'failed' | 'skipped' })[] = [
  { key: 'succeeded', swatch: 'bg-success', of: (period) => period.succeeded },
  { key: 'failed', swatch: 'bg-danger', of: (period) => period.failed },
  { key: 'skipped', swatch: 'bg-neutral', of: (period) => period.skipped },
];

/** A delivery that succeeded had one attempt that did; every other attempt failed. */
const attempts: (Part & { key: 'succeeded' | 'failed' })[] = [
  { key: 'succeeded', swatch: 'bg-success', of: (period) => period.succeeded },
  { key: 'failed', swatch: 'bg-warning', of: (period) => period.failed + period.retried },
];

const families: (Part & { key: '5xx' | '4xx' | 'timeout' | 'network' | 'transform' | 'other' })[] = [
  { key: '5xx', swatch: 'bg-danger', of: (period) => period.errors_5xx },
  { key: '4xx', swatch: 'bg-warning', of: (period) => period.errors_4xx },
  { key: 'timeout', swatch: 'bg-accent', of: (period) => period.errors_timeout },
  { key: 'network', swatch: 'bg-network', of: (period) => period.errors_network },
  { key: 'transform', swatch: 'bg-script', of: (period) => period.errors_transform },
  { key: 'other', swatch: 'bg-neutral', of: otherErrors },
];

const shares = [
  { key: 'p50', share: 0.5, swatch: 'bg-neutral', stroke: 'stroke-neutral' },
  { key: 'p95', share: 0.95, swatch: 'bg-accent', stroke: 'stroke-accent' },
] as const;

/** The charts of a range as numbers and words. */
export function useCharts(periods: readonly StatsPeriod[]) {
  const t = useTranslations('stats');
  const format = useFormatter();
  const duration = useDuration();
  const number = (value: number) => format.number(value);
  const about = (value: number | null) =>
    value === null ? '–' : t('about', { value: duration(twoDigits(value)) });
  const stacked = <P extends Part>(parts: readonly P[], nameOf: (part: P) => string) => {
    const stacks = periods.map((period) => parts.map((part) => part.of(period)));
    return {
      stacks,
      swatches: parts.map((part) => part.swatch),
      series: parts.map((part) => ({ name: nameOf(part), swatch: part.swatch })),
      most: Math.max(...stacks.map((stack) => stack.reduce((sum, count) => sum + count, 0))),
      numbersOf: (index: number) => (stacks[index] ?? []).map(number),
    };
  };
  const latencies = periods.map((period) =>
    shares.map(({ share }) => latencyPercentile(period.latency_histogram, share)),
  );
  return {
    number,
    duration,
    outcomes: stacked(
      // Hardly any script skips.
      outcomes.filter(({ key, of }) => key !== 'skipped' || periods.some((period) => of(period) > 0)),
      ({ key }) => t(`outcomes.${key}`),
    ),
    attempts: stacked(attempts, ({ key }) => t(`attempts.${key}`)),
    // Families in which nothing failed would only crowd the legend.
    errors: stacked(
      families.filter((family) => periods.some((period) => family.of(period) > 0)),
      ({ key }) => t(`families.${key}`),
    ),
    latency: {
      lines: shares.map(({ swatch, stroke }, n) => ({
        values: latencies.map((latency) => latency[n] ?? null),
        stroke,
        dot: swatch,
      })),
      series: shares.map(({ key, swatch }) => ({ name: t(key), swatch })),
      most: Math.max(0, ...latencies.flat().map((value) => value ?? 0)),
      numbersOf: (index: number) => (latencies[index] ?? []).map(about),
    },
    about,
  };
}

export type Charts = ReturnType<typeof useCharts>;
