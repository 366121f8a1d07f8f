'use client';

import { useTranslations } from 'next-intl';
import type { HourlyStats } from '@/lib/domain/webhook';
import { useNow } from '../../ui/useNow';
import { addUp, fillHours } from './fillHours';

const hours = 24;
const barWidth = 3;
const gap = 1.5;
const height = 24;
const width = hours * (barWidth + gap) - gap;

/** From the bottom of a bar to its top. */
const parts = [
  { key: 'succeeded', fill: 'fill-success' },
  { key: 'retried', fill: 'fill-warning' },
  { key: 'failed', fill: 'fill-danger' },
] as const;

/** The last 24 hours, a bar each: successes, tries to repeat, and given-up deliveries on top. */
export function Sparkline({ stats }: { stats: HourlyStats[] }) {
  const t = useTranslations('webhooks.list');
  const bars = fillHours(stats, hours, useNow(60_000));
  const most = Math.max(1, ...bars.map((bar) => bar.succeeded + bar.retried + bar.failed));
  const { succeeded, retried, failed } = addUp(bars);
  const label = t('sparkline', { succeeded, retried, failed });
  return (
    <svg role="img" aria-label={label} width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
      <title>{label}</title>
      {bars.map((bar, index) => (
        <Bar key={bar.hour} bar={bar} x={index * (barWidth + gap)} most={most} />
      ))}
    </svg>
  );
}

function Bar({ bar, x, most }: { bar: HourlyStats; x: number; most: number }) {
  let y = height;
  const drawn = parts.filter(({ key }) => bar[key] > 0);
  if (drawn.length === 0) {
    return <rect x={x} y={height - 2} width={barWidth} height={2} rx={1} className="fill-line" />;
  }
  return drawn.map(({ key, fill }) => {
    // A count that is not zero is always visible.
    const size = Math.max(2.5, (bar[key] / most) * (height - 5));
    y -= size;
    return <rect key={key} x={x} y={Math.max(0, y)} width={barWidth} height={size} rx={1} className={fill} />;
  });
}
