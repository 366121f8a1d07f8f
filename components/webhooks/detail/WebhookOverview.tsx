'use client';

import { useQuery } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { queryString } from '@/lib/api/apiFetch';
import { webhookQuery, webhookStatsQuery } from '@/lib/api/webhooks';
import type { StatsRange } from '@/lib/domain/statsRange';
import { ErrorState } from '../../shell/ErrorState';
import { RangeControl } from '../../stats/RangeControl';
import { StatsCharts } from '../../stats/StatsCharts';
import { StatsFigures } from '../../stats/StatsFigures';
import { Card } from '../../ui/Card';
import { Skeleton } from '../../ui/Skeleton';
import { HealthLine } from './HealthLine';
import { NextRetries } from './NextRetries';
import { useReceiverHealth } from './useReceiverHealth';
import { WebhookSetup } from './WebhookSetup';

/** Health, figures, deliveries over time, what comes next, and the settings in brief. */
export function WebhookOverview({ webhookId }: { webhookId: string }) {
  const t = useTranslations('webhooks.overview');
  const router = useRouter();
  const [range, setRange] = useState<StatsRange>('24h');
  const webhook = useQuery(webhookQuery(webhookId));
  const stats = useQuery({ ...webhookStatsQuery(webhookId, range), placeholderData: (previous) => previous });
  const health = useReceiverHealth(webhook.data, webhookId);
  const showDeliveries = ({ from, to }: { from: string; to: string }, what: 'all' | 'failed') =>
    router.push(
      `/webhooks/${webhookId}/deliveries${queryString({ from, to, status: what === 'failed' ? what : null })}`,
    );
  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 className="text-base">{t('health')}</h2>
        <HealthLine health={health} />
        <span className="md:ml-auto">
          <RangeControl value={range} onValueChange={setRange} />
        </span>
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
              <StatsCharts periods={stats.data.periods} range={stats.data.range} onPick={showDeliveries} />
            ) : (
              <Skeleton className="h-96" />
            )}
          </Card>
        </>
      )}
      <div className="grid items-start gap-5 lg:grid-cols-2">
        <NextRetries webhookId={webhookId} deliveries={stats.data?.next_retries} />
        <WebhookSetup webhook={webhook.data} />
      </div>
    </div>
  );
}
