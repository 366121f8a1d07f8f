'use client';

import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { deliveryStatsQuery } from '@/lib/api/statistics';
import type { StatsRange } from '@/lib/domain/statsRange';
import { ErrorState } from '../../shell/ErrorState';
import { RangeControl } from '../../stats/RangeControl';
import { StatsCharts } from '../../stats/StatsCharts';
import { StatsFigures } from '../../stats/StatsFigures';
import { Card } from '../../ui/Card';
import { Skeleton } from '../../ui/Skeleton';
import type { DeliveryFilters } from './useDeliveryFilters';

type DeliveryStatsProps = { filters: DeliveryFilters; range: StatsRange };

/** The charts above the list, of the webhook that it is narrowed to; a click on a period narrows the list to it. */
export function DeliveryStats({ filters, range }: DeliveryStatsProps) {
  const t = useTranslations('deliveries');
  const stats = useQuery({
    ...deliveryStatsQuery(range, filters.webhookId),
    placeholderData: (previous) => previous,
  });
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="text-muted text-sm">{t(filters.webhookId ? 'chartsOfOne' : 'chartsOfAll')}</p>
        <RangeControl value={range} onValueChange={(charts) => filters.set({ charts })} />
      </div>
      {stats.isError && !stats.data ? (
        <Card>
          <ErrorState error={stats.error} onRetry={() => stats.refetch()} />
        </Card>
      ) : (
        <>
          <StatsFigures periods={stats.data?.periods} />
          <Card>
            {stats.data ? (
              <StatsCharts
                {...stats.data}
                compact
                onPick={(period, what) =>
                  filters.set({ ...period, period: undefined, status: what === 'failed' ? what : undefined })
                }
              />
            ) : (
              <Skeleton className="h-40" />
            )}
          </Card>
        </>
      )}
    </div>
  );
}
