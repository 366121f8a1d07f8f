'use client';

import { ChartColumn } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import type { StatsPeriod } from '@/lib/domain/statisticsSchema';
import type { StatsRange } from '@/lib/domain/statsRange';
import { Button } from '../ui/Button';
import { EmptyState } from '../ui/EmptyState';
import { ChartFrame } from './ChartFrame';
import { Lines } from './Lines';
import { StackedBars } from './StackedBars';
import { StatsTable } from './StatsTable';
import { useCharts } from './useCharts';
import { periodEnd, usePeriodLabels } from './usePeriodLabels';

type StatsChartsProps = {
  periods: readonly StatsPeriod[];
  range: StatsRange;
  /** All side by side, lower: above a list. */
  compact?: boolean;
  /** A period was chosen in a chart, ISO 8601. */
  onPick?: (period: { from: string; to: string }, what: 'all' | 'failed') => void;
};

/** Deliveries by outcome, attempts, latency, and failed attempts by family over time; the same numbers as a table. */
export function StatsCharts({ periods, range, compact, onPick }: StatsChartsProps) {
  const t = useTranslations('stats');
  const [asTable, setAsTable] = useState(false);
  const { labelOf, tickOf } = usePeriodLabels(periods, range);
  const charts = useCharts(periods);
  const common = { count: periods.length, labelOf, tickOf };
  const pick = (what: 'all' | 'failed') =>
    onPick &&
    ((index: number) =>
      onPick({ from: periods[index]?.since ?? '', to: periodEnd(periods, index, range) }, what));
  const { outcomes, attempts, latency, errors, number, duration } = charts;
  if (outcomes.most === 0 && attempts.most === 0) {
    return (
      <EmptyState
        icon={ChartColumn}
        title={t('outcomes.empty')}
        description={t('emptyHint')}
        className="py-8"
      />
    );
  }
  const half = compact ? 'h-28' : 'h-36';
  return (
    <div className="flex flex-col gap-3">
      {asTable ? (
        <StatsTable charts={charts} periods={periods} labelOf={labelOf} />
      ) : (
        <div className={compact ? 'grid gap-6 sm:grid-cols-2 xl:grid-cols-4' : 'grid gap-7 lg:grid-cols-3'}>
          <div className={compact ? 'min-w-0' : 'min-w-0 lg:col-span-3'}>
            <ChartFrame
              {...common}
              {...outcomes}
              title={t('outcomes.title')}
              formatValue={number}
              empty={outcomes.most === 0 ? t('outcomes.empty') : null}
              onPick={pick('all')}
              className={compact ? 'h-28' : 'h-44'}
            >
              {(top) => <StackedBars {...outcomes} top={top} />}
            </ChartFrame>
          </div>
          <ChartFrame
            {...common}
            {...attempts}
            title={t('attempts.title')}
            formatValue={number}
            empty={attempts.most === 0 ? t('attempts.empty') : null}
            onPick={pick('all')}
            className={half}
          >
            {(top) => <StackedBars {...attempts} top={top} />}
          </ChartFrame>
          <ChartFrame
            {...common}
            {...latency}
            title={t('latency')}
            formatValue={duration}
            empty={latency.most === 0 ? t('latencyEmpty') : null}
            onPick={pick('all')}
            className={half}
          >
            {(top) => <Lines lines={latency.lines} top={top} />}
          </ChartFrame>
          <ChartFrame
            {...common}
            {...errors}
            title={t('families.title')}
            formatValue={number}
            empty={errors.series.length === 0 ? t('families.empty') : null}
            onPick={pick('failed')}
            className={half}
          >
            {(top) => <StackedBars {...errors} top={top} />}
          </ChartFrame>
        </div>
      )}
      <Button
        variant="link"
        aria-pressed={asTable}
        className="self-end text-xs"
        onClick={() => setAsTable(!asTable)}
      >
        {t(asTable ? 'asCharts' : 'asTable')}
      </Button>
    </div>
  );
}
