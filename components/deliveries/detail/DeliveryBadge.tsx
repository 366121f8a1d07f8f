'use client';

import { Hourglass, LoaderCircle, RefreshCw } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { Delivery } from '@/lib/domain/delivery';
import { Badge } from '../../ui/Badge';
import { StatusBadge } from '../../ui/StatusBadge';
import { useNow } from '../../ui/useNow';
import { useRelativeTime } from '../../ui/useRelativeTime';

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
  const { waits_for } = delivery;
  if (waits_for === 'record') return <StatusBadge status="pending" />;
  if (next_attempt_at === null)
    return (
      <StatusBadge
        status="inactive"
        label={t(`waits.${waits_for === 'cancellation' ? waits_for : 'inactive'}`)}
      />
    );
  if (waits_for && waits_for !== 'time')
    return <Waiting what={t(`waits.${waits_for}`)} at={next_attempt_at} />;
  if (status === 'pending') return <StatusBadge status="pending" />;
  return <Countdown at={next_attempt_at} />;
}

/** What keeps it, and until when where that is known. */
function Waiting({ what, at }: { what: string; at: string }) {
  const t = useTranslations('deliveries.state');
  const relative = useRelativeTime();
  const now = useNow();
  const due = Date.parse(at);
  const text = due - now < 1000 ? what : t('waitsUntil', { what, when: relative(due, now) });
  return (
    <Badge tone="warning">
      <Hourglass aria-hidden strokeWidth={2.25} />
      {text}
    </Badge>
  );
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
  const relative = useRelativeTime();
  const now = useNow();
  return (at) => {
    const due = Date.parse(at);
    return due - now < 1000 ? t('retrySoon') : t('retryIn', { when: relative(due, now) });
  };
}
