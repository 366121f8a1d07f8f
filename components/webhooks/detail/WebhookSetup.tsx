'use client';

import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { Link } from '@/components/ui/Link';
import type { Webhook } from '@/lib/domain/webhook';
import { Badge } from '../../ui/Badge';
import { Card } from '../../ui/Card';
import { RelativeTime } from '../../ui/RelativeTime';
import { Skeleton } from '../../ui/Skeleton';
import { useDuration } from '../../ui/useDuration';
import { useConditionText } from '../form/useConditionText';
import { useScheduleText } from '../form/useScheduleText';

/** The settings in brief. */
export function WebhookSetup({ webhook }: { webhook: Webhook | undefined }) {
  const t = useTranslations('webhooks');
  return (
    <Card
      title={t('overview.setup')}
      actions={
        webhook && (
          <Link
            href={`/webhooks/${webhook.id}/settings`}
            className="rounded-sm text-accent-ink text-sm hover:underline"
          >
            {t('actions.edit')}
          </Link>
        )
      }
    >
      {webhook ? <Rows webhook={webhook} /> : <Skeleton className="h-48" />}
    </Card>
  );
}

function Rows({ webhook }: { webhook: Webhook }) {
  const t = useTranslations('webhooks.overview');
  const form = useTranslations('webhooks.form');
  const duration = useDuration();
  const schedule = useScheduleText()(webhook);
  const conditionText = useConditionText();
  return (
    <dl className="grid grid-cols-[minmax(7rem,auto)_minmax(0,1fr)] gap-x-6 gap-y-3 text-sm">
      {webhook.description && <Row name={form('description')}>{webhook.description}</Row>}
      <Row name={t('events')}>
        <span className="flex flex-wrap gap-1">
          {webhook.events.map((event) => (
            <Badge key={event} mono>
              {event}
            </Badge>
          ))}
        </span>
      </Row>
      {webhook.conditions.length > 0 && (
        <Row name={form('conditions')}>
          <ul className="flex flex-col gap-0.5">
            {webhook.conditions.map((condition) => (
              <li key={JSON.stringify(condition)}>{conditionText(condition)}</li>
            ))}
          </ul>
        </Row>
      )}
      <Row name={t('retries')}>
        {schedule === null || schedule === 'none' ? (
          t('retriesOff')
        ) : (
          <>
            {schedule.schedule}
            {!webhook.retry_refusals && ` ${t('retriesNotRefusals')}`}
          </>
        )}
      </Row>
      <Row name={t('timeout')}>{duration(webhook.timeout_ms)}</Row>
      <Row name={t('pace')}>
        {t('paceValue', { atOnce: webhook.max_in_flight })}
        {webhook.rate_limit !== null && `, ${t('paceRate', { rate: webhook.rate_limit })}`}
      </Row>
      <RecordRow webhook={webhook} />
      <Row name={t('format')}>{form(webhook.body_format)}</Row>
      <Row name={t('transform')}>{t(webhook.transform_enabled ? 'on' : 'off')}</Row>
      <Row name={t('headers')}>{t('headersCount', { count: Object.keys(webhook.headers).length })}</Row>
      <Row name={t('created')}>
        <RelativeTime at={webhook.created_at} />
      </Row>
      <Row name={t('updated')}>
        <RelativeTime at={webhook.updated_at} />
      </Row>
    </dl>
  );
}

/** What is asked of one record's deliveries; nothing where nothing is. */
function RecordRow({ webhook }: { webhook: Webhook }) {
  const t = useTranslations('webhooks.overview.record');
  const said = [
    webhook.ordered && t(webhook.order_waits ? 'orderedWaits' : 'ordered'),
    webhook.coalesce_seconds > 0 && t('coalesced', { seconds: webhook.coalesce_seconds }),
    webhook.stale_retries === 'skip' && t('stale'),
    webhook.skip_own_changes && t('own'),
  ].filter((text) => text !== false);
  return said.length > 0 && <Row name={t('name')}>{said.join(' ')}</Row>;
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="wrap-anywhere min-w-0">{children}</dd>
    </>
  );
}
