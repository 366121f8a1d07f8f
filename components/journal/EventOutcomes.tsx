'use client';

import { useQuery } from '@tanstack/react-query';
import { CircleSlash } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { journalEventQuery } from '@/lib/api/journal';
import type { JournalEventDetail } from '@/lib/domain/journal';
import { DeliveryBadge } from '../deliveries/detail/DeliveryBadge';
import { HttpStatus } from '../deliveries/detail/HttpStatus';
import { useExplanation } from '../receivers/useExplanation';
import { ErrorState } from '../shell/ErrorState';
import { Link } from '../ui/Link';
import { Skeleton } from '../ui/Skeleton';

/** What became of an event at each webhook: its delivery, or why it has none. */
export function EventOutcomes({ id }: { id: string }) {
  const t = useTranslations('events.journal');
  const { data, error, refetch } = useQuery(journalEventQuery(id));
  if (!data) {
    if (error) return <ErrorState error={error} onRetry={() => refetch()} />;
    return <Skeleton className="h-16" />;
  }
  if (data.sent_to.length + data.not_sent_to.length === 0)
    return <p className="text-muted text-sm">{t('noWebhooks')}</p>;
  return (
    <ul aria-label={t('outcomes')} className="flex flex-col gap-2.5">
      {data.sent_to.map((delivery) => (
        <Sent key={delivery.id} delivery={delivery} />
      ))}
      {data.not_sent_to.map((webhook) => (
        <li key={webhook.webhook_id} className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
          <CircleSlash aria-hidden className="size-4 text-muted" />
          <Link
            href={`/webhooks/${webhook.webhook_id}`}
            className="wrap-anywhere rounded-sm text-accent-ink hover:underline"
          >
            {webhook.webhook_name}
          </Link>
          <span className="text-muted">{t(`reasons.${webhook.reason}`)}</span>
          {webhook.matches_now && <span className="text-muted">{t('matchesNow')}</span>}
        </li>
      ))}
    </ul>
  );
}

function Sent({ delivery }: { delivery: JournalEventDetail['sent_to'][number] }) {
  const t = useTranslations('events.journal');
  const explain = useExplanation();
  const { status, last_status_code, last_error_kind, webhook_id, webhook_name, merged } = delivery;
  const failed = last_error_kind !== null && status !== 'success';
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
      <DeliveryBadge delivery={delivery} />
      {webhook_name === null ? (
        <span className="text-muted">{t('deletedWebhook')}</span>
      ) : (
        <Link
          href={`/webhooks/${webhook_id}`}
          className="wrap-anywhere rounded-sm text-accent-ink hover:underline"
        >
          {webhook_name}
        </Link>
      )}
      {last_status_code !== null && <HttpStatus status={last_status_code} />}
      {failed && (
        <span className="text-muted">{explain(last_error_kind, last_status_code, false).title}</span>
      )}
      {!failed && status === 'skipped' && <span className="text-muted">{t('skipped')}</span>}
      {merged && <span className="text-muted">{t('merged', { count: merged.length })}</span>}
      <Link
        href={`/deliveries/${delivery.id}`}
        aria-label={t('seeDelivery', { name: webhook_name ?? webhook_id })}
        className="rounded-sm text-accent-ink hover:underline"
      >
        {t('see')}
      </Link>
    </li>
  );
}
