'use client';

import { useTranslations } from 'next-intl';
import type { HourlyStats } from '@/lib/domain/webhook';
import { useNow } from '../ui/useNow';
import { fillHours } from './fillHours';

const hours = 24;
const barWidth = 3;
const gap = 1.5;
const height = 24;

/** The last 24 hours, a bar each: successes in green, given-up deliveries in red on top. */
export function Sparkline({ stats }: { stats: HourlyStats[] }) {
  const t = useTranslations('webhooks.list');
  const now = useNow();
  const bars = fillHours(stats, hours, now);
  const most = Math.max(1, ...bars.map((bar) => bar.succeeded + bar.failed));
  const sum = (key: 'succeeded' | 'failed') => bars.reduce((total, bar) => total + bar[key], 0);
  const width = hours * (barWidth + gap) - gap;
  const label = t('sparkline', { succeeded: sum('succeeded'), failed: sum('failed') });
  return (
    <svg role="img" aria-label={label} width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
      <title>{label}</title>
      {bars.map((bar, index) => {
        const x = index * (barWidth + gap);
        const green = scaled(bar.succeeded, most);
        const red = scaled(bar.failed, most);
        if (green + red === 0) {
          return (
            <rect
              key={bar.hour}
              x={x}
              y={height - 2}
              width={barWidth}
              height={2}
              rx={1}
              className="fill-line"
            />
          );
        }
        return (
          <g key={bar.hour}>
            <rect x={x} y={height - green} width={barWidth} height={green} rx={1} className="fill-success" />
            <rect
              x={x}
              y={height - green - red}
              width={barWidth}
              height={red}
              rx={1}
              className="fill-danger"
            />
          </g>
        );
      })}
    </svg>
  );
}

/** A count that is not zero is always visible. */
function scaled(count: number, most: number): number {
  return count === 0 ? 0 : Math.max(2.5, (count / most) * (height - 2.5));
}
