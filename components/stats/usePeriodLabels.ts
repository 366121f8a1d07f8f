'use client';

import { useFormatter, useTimeZone } from 'next-intl';
import type { StatsPeriod } from '@/lib/domain/statisticsSchema';
import type { StatsRange } from '@/lib/domain/statsRange';

const stepMs = { '24h': 3_600_000, '7d': 6 * 3_600_000, '30d': 24 * 3_600_000 } as const;

/** Where a period ends: where the next one starts, or one step on. */
export function periodEnd(periods: readonly StatsPeriod[], index: number, range: StatsRange): string {
  const next = periods[index + 1]?.since;
  return next ?? new Date(Date.parse(periods[index]?.since ?? '') + stepMs[range]).toISOString();
}

/** The words for the periods of a chart, on the person's own clock. */
export function usePeriodLabels(periods: readonly StatsPeriod[], range: StatsRange) {
  const format = useFormatter();
  const zone = useTimeZone() ?? 'UTC';
  const clock = (iso: string) => format.dateTime(new Date(iso), { hour: '2-digit', minute: '2-digit' });
  const day = (iso: string) =>
    format.dateTime(new Date(iso), { weekday: 'short', day: 'numeric', month: 'short' });
  const shortDay = (iso: string) => format.dateTime(new Date(iso), { day: 'numeric', month: 'short' });

  /** The whole period: « mar. 18 nov., 14:00 – 15:00 ». */
  const labelOf = (index: number): string => {
    const since = periods[index]?.since;
    if (!since) return '';
    if (range === '30d') return day(since);
    return `${day(since)}, ${clock(since)} – ${clock(periodEnd(periods, index, range))}`;
  };
  /** What stands under the axis at that period; nothing for most. */
  const tickOf = (index: number): string | null => {
    const since = periods[index]?.since;
    if (!since) return null;
    const hour = hourOf(since, zone);
    if (range === '24h') return hour % 6 === 0 ? clock(since) : null;
    if (range === '7d') return hour === 0 ? shortDay(since) : null;
    return (periods.length - 1 - index) % 7 === 0 ? shortDay(since) : null;
  };
  return { labelOf, tickOf };
}

function hourOf(iso: string, zone: string): number {
  const parts = new Intl.DateTimeFormat('en', { hour: 'numeric', hourCycle: 'h23', timeZone: zone });
  return Number(parts.format(new Date(iso)));
}
