'use client';

import { useTranslations } from 'next-intl';
import type { StatsPeriod } from '@/lib/domain/statisticsSchema';
import type { Charts } from './useCharts';

type StatsTableProps = {
  charts: Charts;
  periods: readonly StatsPeriod[];
  labelOf: (index: number) => string;
};

/** The numbers of the charts, newest first. */
export function StatsTable({ charts, periods, labelOf }: StatsTableProps) {
  const t = useTranslations('stats');
  const parts = [charts.outcomes, charts.attempts, charts.latency, charts.errors];
  const rows = periods.map((period, index) => ({ period, index })).toReversed();
  return (
    <section
      aria-label={t('table')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
      tabIndex={0}
      className="max-h-96 overflow-auto rounded-md border"
    >
      <table className="w-full border-collapse text-xs tabular-nums">
        <caption className="sr-only">{t('table')}</caption>
        <thead className="sticky top-0 bg-sunken text-muted">
          <tr>
            <th scope="col" className="px-3 py-2 text-left font-medium">
              {t('period')}
            </th>
            {parts.flatMap((part) =>
              part.series.map(({ name }) => (
                <th key={name} scope="col" className="whitespace-nowrap px-3 py-2 text-right font-medium">
                  {name}
                </th>
              )),
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ period, index }) => (
            <tr key={period.since} className="border-t">
              <th scope="row" className="whitespace-nowrap px-3 py-1.5 text-left font-normal">
                {labelOf(index)}
              </th>
              {parts.flatMap((part) =>
                part.numbersOf(index).map((text, n) => (
                  <td key={part.series[n]?.name} className="px-3 py-1.5 text-right">
                    {text}
                  </td>
                )),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
