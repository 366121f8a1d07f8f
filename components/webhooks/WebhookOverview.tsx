'use client';

import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { type StatsRange, webhookQuery, webhookStatsQuery } from '@/lib/api/webhooks';
import { ErrorState } from '../shell/ErrorState';
import { Card } from '../ui/Card';
import { SegmentedControl } from '../ui/SegmentedControl';
import { Skeleton } from '../ui/Skeleton';
import { useNow } from '../ui/useNow';
import { DeliveryChart } from './DeliveryChart';
import { addUp, fillHours, groupHours, successRate } from './fillHours';
import { NextRetries } from './NextRetries';
import { useRateText } from './useRateText';
import { WebhookSetup } from './WebhookSetup';

const ranges = ['24h', '7d', '30d'] as const;
/** Hours in the range, and in each bar. */
const spans = { '24h': [24, 1], '7d': [168, 6], '30d': [720, 24] } as const;

/** Figures, deliveries over time, what comes next, and the settings in brief. */
export function WebhookOverview({ webhookId }: { webhookId: string }) {
  const t = useTranslations('webhooks.overview');
  const [range, setRange] = useState<StatsRange>('24h');
  const webhook = useQuery(webhookQuery(webhookId));
  const stats = useQuery({ ...webhookStatsQuery(webhookId, range), placeholderData: (previous) => previous });
  const now = useNow(60_000);
  if (webhook.isError && !webhook.data) return null;
  const [hours, perBar] = spans[range];
  const bars = stats.data && groupHours(fillHours(stats.data.hours, hours, now), perBar);
  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 className="text-base">{t('chart')}</h2>
        <SegmentedControl
          aria-label={t('range')}
          value={range}
          onValueChange={setRange}
          options={ranges.map((value) => ({ value, label: t(value) }))}
        />
      </div>
      {stats.isError && !bars ? (
        <Card>
          <ErrorState error={stats.error} onRetry={() => stats.refetch()} />
        </Card>
      ) : (
        <>
          <Figures totals={bars && addUp(bars)} />
          <Card>{bars ? <DeliveryChart bars={bars} range={range} /> : <Skeleton className="h-48" />}</Card>
        </>
      )}
      <div className="grid items-start gap-5 lg:grid-cols-2">
        <NextRetries webhookId={webhookId} deliveries={stats.data?.next_retries} />
        <WebhookSetup webhook={webhook.data} />
      </div>
    </div>
  );
}

function Figures({ totals }: { totals: ReturnType<typeof addUp> | undefined }) {
  const t = useTranslations('webhooks');
  const rateText = useRateText();
  const rate = totals && successRate(totals);
  const figures = [
    {
      name: t('overview.rate'),
      value: rate == null ? t('overview.noneYet') : rateText(rate),
      dot: '',
    },
    { name: t('overview.succeeded'), value: totals?.succeeded, dot: 'bg-success' },
    { name: t('overview.retried'), value: totals?.retried, dot: 'bg-warning' },
    { name: t('overview.failed'), value: totals?.failed, dot: 'bg-danger' },
  ];
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border bg-line shadow-xs md:grid-cols-4">
      {figures.map(({ name, value, dot }) => (
        <div key={name} className="flex flex-col gap-1 bg-raised px-4 py-3.5 md:px-5">
          <dt className="flex items-center gap-2 text-muted text-xs">
            {dot && <span aria-hidden className={`size-2 rounded-full ${dot}`} />}
            {name}
          </dt>
          <dd className="font-semibold text-2xl tabular-nums tracking-tight">
            {totals ? <Figure value={value} /> : <Skeleton className="my-1 h-6 w-14" />}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Figure({ value }: { value: number | string | undefined }) {
  const t = useTranslations('webhooks.overview');
  return typeof value === 'number' ? t('count', { value }) : value;
}
