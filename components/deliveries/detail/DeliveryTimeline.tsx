'use client';

import {
  CircleCheck,
  CircleMinus,
  CirclePause,
  CircleX,
  Clock,
  Hourglass,
  Inbox,
  Layers,
  LoaderCircle,
  RefreshCw,
  Zap,
} from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Link } from '@/components/ui/Link';
import type { DeliveryDetail } from '@/lib/domain/delivery';
import { uuidTime } from '@/lib/domain/uuidTime';
import { Button } from '../../ui/Button';
import { ClockTime } from '../../ui/ClockTime';
import { useNow } from '../../ui/useNow';
import { useRelativeTime } from '../../ui/useRelativeTime';
import { useRetryText } from './DeliveryBadge';
import { TimelineAttempt } from './TimelineAttempt';
import { TimelineStep } from './TimelineStep';

type DeliveryTimelineProps = {
  delivery: DeliveryDetail;
  /** Number of the attempt that the parts below show. */
  selected: number | undefined;
  onSelect: (attempt: number) => void;
};

const mostShown = 6;

/** The life of a delivery from top to bottom: the event, the queue, each attempt, and what comes next. */
export function DeliveryTimeline({ delivery, selected, onSelect }: DeliveryTimelineProps) {
  const t = useTranslations('deliveries.timeline');
  const [all, setAll] = useState(false);
  const { attempts, event } = delivery;
  const hidden = all || attempts.length <= mostShown ? 0 : attempts.length - mostShown + 1;
  const shown = hidden === 0 ? attempts : [...attempts.slice(0, 1), ...attempts.slice(1 + hidden)];
  const longest = Math.max(...attempts.map((attempt) => attempt.duration_ms), 1);
  return (
    <section aria-labelledby="timeline-title" className="flex flex-col gap-3">
      <h3 id="timeline-title" className="text-sm">
        {t('title')}
      </h3>
      <ol className="flex flex-col">
        {event && (
          <TimelineStep icon={delivery.merged ? Layers : Zap} at={event.occurred_at}>
            {delivery.merged ? <Merged events={delivery.merged} /> : t('event')}
          </TimelineStep>
        )}
        <TimelineStep icon={Inbox} at={delivery.created_at}>
          {t('queued')}
        </TimelineStep>
        {shown.map((attempt, index) => (
          <TimelineAttempt
            key={attempt.attempt}
            attempt={attempt}
            previous={attempts[attempts.indexOf(attempt) - 1]}
            longest={longest}
            selected={attempt.attempt === selected}
            onSelect={() => onSelect(attempt.attempt)}
            before={
              hidden > 0 && index === 1 ? (
                <Button variant="link" className="text-xs" onClick={() => setAll(true)}>
                  {t('more', { count: hidden })}
                </Button>
              ) : undefined
            }
          />
        ))}
        <Outcome delivery={delivery} />
      </ol>
    </section>
  );
}

/** Changes that go out as one, and when each of them was made. */
function Merged({ events }: { events: string[] }) {
  const t = useTranslations('deliveries.timeline');
  return (
    <details>
      <summary className="w-fit cursor-pointer rounded-sm">{t('merged', { count: events.length })}</summary>
      <ol className="mt-1 flex flex-col gap-0.5 text-muted text-xs">
        {events.map((id) => (
          <li key={id} className="flex flex-wrap items-center gap-x-2">
            <ClockTime at={uuidTime(id)} />
            <span className="font-mono">{id}</span>
          </li>
        ))}
      </ol>
    </details>
  );
}

function Outcome({ delivery }: { delivery: DeliveryDetail }) {
  const t = useTranslations('deliveries.timeline');
  const retryText = useRetryText();
  const { status, in_flight, next_attempt_at, finished_at } = delivery;
  if (status === 'success') {
    return (
      <TimelineStep icon={CircleCheck} tone="success" at={finished_at} last>
        {t('success')}
      </TimelineStep>
    );
  }
  if (status === 'failed') {
    return (
      <TimelineStep icon={CircleX} tone="danger" at={finished_at} last>
        {t(delivery.attempts.length > 1 ? 'failedAfter' : 'failed', { count: delivery.attempts.length })}
      </TimelineStep>
    );
  }
  if (status === 'skipped') {
    return (
      <TimelineStep icon={CircleMinus} at={finished_at} last>
        {t(delivery.last_error_kind === 'superseded' ? 'superseded' : 'skipped')}
      </TimelineStep>
    );
  }
  if (in_flight) {
    return (
      <TimelineStep icon={LoaderCircle} tone="accent" spinning last>
        {t('inFlight')}
      </TimelineStep>
    );
  }
  if (delivery.waits_for === 'record') {
    return (
      <TimelineStep icon={Clock} last>
        {t('waits.record')}
        {delivery.follows && (
          <Link
            href={`/deliveries/${delivery.follows}`}
            className="ml-1.5 rounded-sm text-accent-ink hover:underline"
          >
            {t('waits.recordLink')}
          </Link>
        )}
      </TimelineStep>
    );
  }
  if (next_attempt_at === null) {
    const why = delivery.waits_for === 'cancellation' ? 'cancellation' : 'inactive';
    return (
      <TimelineStep icon={CirclePause} last>
        {t(delivery.webhook ? `waits.${why}` : 'waits.deleted')}
      </TimelineStep>
    );
  }
  if (delivery.waits_for && delivery.waits_for !== 'time') {
    const { waits_for, webhook } = delivery;
    // Until then; or, where nobody can say, without a time.
    const at = Date.parse(next_attempt_at) > Date.now() ? next_attempt_at : undefined;
    return (
      <TimelineStep icon={Hourglass} tone="warning" at={at} last>
        {t(`waits.${waits_for === 'pause' && !at ? 'probe' : waits_for}`, {
          status: webhook?.health?.held_status ?? 429,
        })}
      </TimelineStep>
    );
  }
  if (status === 'pending') return <FirstTry at={next_attempt_at} />;
  return (
    <TimelineStep icon={RefreshCw} tone="warning" at={next_attempt_at} last>
      <span className="inline-block first-letter:uppercase">{retryText(next_attempt_at)}</span>
    </TimelineStep>
  );
}

/** A delivery that is due goes out at once; one whose webhook is spared waits for the end of the pause. */
function FirstTry({ at }: { at: string }) {
  const t = useTranslations('deliveries.timeline');
  const relative = useRelativeTime();
  const now = useNow();
  if (Date.parse(at) - now < 1000) {
    return (
      <TimelineStep icon={LoaderCircle} tone="accent" last>
        {t('pending')}
      </TimelineStep>
    );
  }
  return (
    <TimelineStep icon={Clock} tone="warning" at={at} last>
      {t('pendingUntil', { when: relative(Date.parse(at), now) })}
    </TimelineStep>
  );
}
