'use client';

import { LoaderCircle, RefreshCw } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import type { Delivery } from '@/lib/domain/delivery';
import { Badge } from '../../ui/Badge';
import { formatRelative } from '../../ui/formatRelative';
import { StatusBadge } from '../../ui/StatusBadge';
import { useNow } from '../../ui/useNow';

type DeliveryState = Pick<Delivery, 'status' | 'in_flight' | 'next_attempt_at' | 'waits_for'>;

/** Where a delivery stands. What failed but will be tried again is amber and counts down; red is for the end. */
export function DeliveryBadge({ delivery }: { delivery: DeliveryState }) {
  const t = useTranslations('deliveries.state');
  const { status, in_flight, next_attempt_at } = delivery;
  if (status === 'success' || status === 'failed' || status === 'skipped')
    return <StatusBadge status={status} />;
  if (in_flight) {
    return (
      <Badge tone={status === 'retrying' ? 'warning' : 'accent'}>
        <LoaderCircle aria-hidden strokeWidth={2.25} className="animate-spin" />
        {t('inFlight')}
      </Badge>
    );
  }
  if (delivery.waits_for === 'record') return <StatusBadge status="pending" />;
  if (next_attempt_at === null) {
    const isCancelled = delivery.waits_for === 'cancellation';
    return <StatusBadge status="inactive" label={t(isCancelled ? 'cancelling' : 'paused')} />;
  }
  if (status === 'pending') return <StatusBadge status="pending" />;
  return <Countdown at={next_attempt_at} />;
}

function Countdown({ at }: { at: string }) {
  const text = useRetryText();
  return (
    <Badge tone="warning">
      <RefreshCw aria-hidden strokeWidth={2.25} />
      <span className="inline-block first-letter:uppercase">{text(at)}</span>
    </Badge>
  );
}

/** « nouvel essai dans 12 s », counting down each second. */
export function useRetryText(): (at: string) => string {
  const t = useTranslations('deliveries.state');
  const locale = useLocale();
  const now = useNow();
  return (at) => {
    const due = Date.parse(at);
    return due - now < 1000 ? t('retrySoon') : t('retryIn', { when: formatRelative(due, now, locale) });
  };
}
