'use client';

import { ChartColumn } from 'lucide-react';
import { useFormatter, useTranslations } from 'next-intl';
import type { StatsRange } from '@/lib/api/webhooks';
import type { HourlyStats } from '@/lib/domain/webhook';
import { EmptyState } from '../ui/EmptyState';
import { Tooltip } from '../ui/Tooltip';

const series = [
  { key: 'succeeded', fill: 'bg-success' },
  { key: 'retried', fill: 'bg-warning' },
  { key: 'failed', fill: 'bg-danger' },
] as const;

type DeliveryChartProps = { bars: HourlyStats[]; range: StatsRange };

/** Deliveries over time, stacked by outcome; the numbers are on each bar and, as a table, for screen readers. */
export function DeliveryChart({ bars, range }: DeliveryChartProps) {
  const t = useTranslations('webhooks.overview');
  const labelOf = useBarLabel(range);
  const most = Math.max(...bars.map(total));
  if (most === 0)
    return (
      <EmptyState
        icon={ChartColumn}
        title={t('chartEmpty')}
        description={t('chartEmptyHint')}
        className="py-10"
      />
    );
  return (
    <figure className="flex flex-col gap-1.5">
      <p aria-hidden className="text-2xs text-muted tabular-nums">
        {t('count', { value: most })}
      </p>
      <div className="flex h-44 items-end gap-[3px] border-t border-b">
        {bars.map((bar) => (
          <Tooltip key={bar.hour} content={<BarNumbers bar={bar} label={labelOf(bar.hour)} />}>
            <button
              type="button"
              aria-label={t('chartBar', { from: labelOf(bar.hour), ...bar })}
              className="group flex h-full min-w-0 flex-1 cursor-default flex-col justify-end overflow-hidden rounded-t-sm hover:bg-hover focus-visible:-outline-offset-2"
            >
              {series.toReversed().map(({ key, fill }) => (
                <span
                  key={key}
                  className={`block ${fill} opacity-90 group-hover:opacity-100`}
                  style={{ height: barHeight(bar[key], most) }}
                />
              ))}
            </button>
          </Tooltip>
        ))}
      </div>
      <div aria-hidden className="flex justify-between text-2xs text-muted tabular-nums">
        {[bars[0], bars[Math.floor(bars.length / 2)], bars.at(-1)].map(
          (bar) => bar && <span key={bar.hour}>{labelOf(bar.hour)}</span>,
        )}
      </div>
    </figure>
  );
}

function BarNumbers({ bar, label }: { bar: HourlyStats; label: string }) {
  const t = useTranslations('webhooks.overview');
  return (
    <span className="grid grid-cols-[auto_auto_auto] items-center gap-x-2 gap-y-0.5 tabular-nums">
      <span className="col-span-3 font-medium">{label}</span>
      {series.map(({ key, fill }) => (
        <span key={key} className="contents">
          <span aria-hidden className={`size-2 rounded-full ${fill}`} />
          <span>{t(key)}</span>
          <span className="text-right">{bar[key]}</span>
        </span>
      ))}
    </span>
  );
}

function useBarLabel(range: StatsRange) {
  const format = useFormatter();
  return (hour: string) => {
    const date = new Date(hour);
    const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (range === '24h') return format.dateTime(date, { hour: '2-digit', minute: '2-digit', timeZone });
    const day = { day: 'numeric', month: 'short', timeZone } as const;
    return format.dateTime(date, range === '7d' ? { ...day, hour: '2-digit' } : day);
  };
}

const total = (bar: HourlyStats) => bar.succeeded + bar.retried + bar.failed;

/** A count that is not zero is always visible. */
function barHeight(count: number, most: number): string {
  return count === 0 ? '0' : `max(3px, ${(count / most) * 100}%)`;
}
