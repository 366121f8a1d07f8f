'use client';

import { useFormatter, useTranslations } from 'next-intl';
import { addUpPeriods, latencyPercentile } from '@/lib/domain/statistics';
import type { StatsPeriod } from '@/lib/domain/statisticsSchema';
import { cn } from '../ui/cn';
import { Skeleton } from '../ui/Skeleton';
import { useDuration } from '../ui/useDuration';
import { twoDigits } from './chartScale';

/** The range in six numbers; placeholders while it loads. */
export function StatsFigures({ periods }: { periods: readonly StatsPeriod[] | undefined }) {
  const t = useTranslations('stats');
  const format = useFormatter();
  const duration = useDuration();
  const total = periods && addUpPeriods(periods);
  const ended = total ? total.succeeded + total.failed : 0;
  const none = '–';
  const latency = (share: number) => {
    const value = total && latencyPercentile(total.latency_histogram, share);
    return value == null ? none : duration(twoDigits(value));
  };
  const rate = total && ended > 0 ? total.succeeded / ended : null;
  const figures = [
    {
      name: t('rate'),
      value: rate === null ? none : format.number(rate, { style: 'percent', maximumFractionDigits: 1 }),
    },
    { name: t('outcomes.succeeded'), value: format.number(total?.succeeded ?? 0), dot: 'bg-success' },
    { name: t('outcomes.failed'), value: format.number(total?.failed ?? 0), dot: 'bg-danger' },
    { name: t('attempts.title'), value: format.number(ended + (total?.retried ?? 0)) },
    { name: t('p50'), value: latency(0.5) },
    { name: t('p95'), value: latency(0.95) },
  ];
  return (
    <dl className="grid grid-cols-3 gap-px overflow-hidden rounded-lg border bg-line shadow-xs md:grid-cols-6">
      {figures.map(({ name, value, dot }) => (
        <div key={name} className="flex min-w-0 flex-col gap-0.5 bg-raised px-3.5 py-3 md:px-4">
          <dt className="flex items-center gap-1.5 truncate text-muted text-xs">
            {dot && <span aria-hidden className={cn('size-2 shrink-0 rounded-full', dot)} />}
            {name}
          </dt>
          <dd className="whitespace-nowrap font-semibold text-xl tabular-nums tracking-tight">
            {total ? value : <Skeleton className="my-1 h-5 w-12" />}
          </dd>
        </div>
      ))}
    </dl>
  );
}
