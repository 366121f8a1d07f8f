'use client';

import { useTranslations } from 'next-intl';
import { useMemo } from 'react';
import { hourlySum } from '@/lib/domain/hourlySum';
import { receiverHealth, webhookState } from '@/lib/domain/receiverHealth';
import type { WebhookListItem } from '@/lib/domain/webhook';
import { HealthReasonText } from '../../receivers/HealthReasonText';
import { useRateText } from '../../receivers/useRateText';
import { Badge } from '../../ui/Badge';
import { cn } from '../../ui/cn';
import type { Column } from '../../ui/dataTableTypes';
import { RelativeTime } from '../../ui/RelativeTime';
import { StatusBadge } from '../../ui/StatusBadge';
import { Tooltip } from '../../ui/Tooltip';
import { useNow } from '../../ui/useNow';
import { successRate } from './fillHours';
import { Sparkline } from './Sparkline';

/** The columns of the list of webhooks. */
export function useWebhookColumns(): Column<WebhookListItem>[] {
  const t = useTranslations('webhooks.list');
  return useMemo(
    () => [
      {
        id: 'name',
        header: t('name'),
        cell: (webhook) => <NameCell name={webhook.name} url={webhook.url} />,
        className: 'md:max-w-0 md:w-[40%]',
      },
      {
        id: 'status',
        header: t('status'),
        cell: (webhook) => <StatusCell webhook={webhook} />,
        className: 'md:min-w-44',
      },
      {
        id: 'events',
        header: t('events'),
        hideOnPhone: true,
        cell: (webhook) => <EventsCell events={webhook.events} />,
      },
      { id: 'success', header: t('success'), cell: (webhook) => <SuccessCell webhook={webhook} /> },
      {
        id: 'last',
        header: t('lastDelivery'),
        cell: (webhook) => <LastCell at={webhook.last_delivery_at} waiting={webhook.waiting} />,
      },
    ],
    [t],
  );
}

function NameCell({ name, url }: { name: string; url: string }) {
  return (
    <span className="flex min-w-0 flex-col">
      <span className="truncate font-medium text-ink">{name}</span>
      <span className="truncate text-muted text-xs">{url}</span>
    </span>
  );
}

function StatusCell({ webhook }: { webhook: WebhookListItem }) {
  const now = useNow();
  const health = receiverHealth(webhook, hourlySum(webhook.last_24h), now);
  return (
    <span className="flex flex-col items-start gap-1 max-md:items-end">
      <StatusBadge status={webhookState(webhook, health)} />
      {health && 'reason' in health && (
        <span
          className={cn(
            'max-w-56 text-2xs max-md:text-right',
            health.state === 'down' ? 'text-danger-ink' : 'text-warning-ink',
          )}
        >
          <HealthReasonText reason={health.reason} />
        </span>
      )}
    </span>
  );
}

function EventsCell({ events }: { events: string[] }) {
  const t = useTranslations('webhooks.list');
  return (
    <Tooltip content={<span className="whitespace-pre-line font-mono">{events.join('\n')}</span>}>
      <button type="button" className="cursor-default rounded-sm">
        <Badge>{t('eventCount', { count: events.length })}</Badge>
      </button>
    </Tooltip>
  );
}

function SuccessCell({ webhook }: { webhook: WebhookListItem }) {
  const t = useTranslations('webhooks.list');
  const rateText = useRateText();
  const day = hourlySum(webhook.last_24h);
  const rate = successRate(day);
  return (
    <span className="flex items-center gap-3">
      <Sparkline stats={webhook.last_24h} />
      <span className="whitespace-nowrap text-xs tabular-nums">
        {rate !== null && rateText(rate)}
        {rate === null && (
          <span className="text-muted">{t(day.retried > 0 ? 'onlyRetries' : 'noActivity')}</span>
        )}
      </span>
    </span>
  );
}

/** By `list_webhook_activity`. */
const countedUpTo = 1000;

function LastCell({ at, waiting }: { at: string | null; waiting: number }) {
  const t = useTranslations('webhooks.list');
  return (
    <span className="flex flex-col whitespace-nowrap max-md:items-end">
      {at ? <RelativeTime at={at} /> : <span className="text-muted">{t('never')}</span>}
      {waiting > 0 && (
        <span className="text-warning-ink text-xs">
          {waiting < countedUpTo ? t('waitingCount', { count: waiting }) : t('waitingMany')}
        </span>
      )}
    </span>
  );
}
