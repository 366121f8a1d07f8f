'use client';

import { ChevronRight } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useId } from 'react';
import type { JournalEvent } from '@/lib/domain/journal';
import { recordPath } from '@/lib/domain/recordPath';
import { cn } from '../ui/cn';
import { ExactTime } from '../ui/ExactTime';
import { Link } from '../ui/Link';
import { RelativeTime } from '../ui/RelativeTime';
import { EventOutcomes } from './EventOutcomes';

type JournalRowProps = { event: JournalEvent; ofRecord: boolean; open: boolean; onToggle: () => void };

/** One event: what, of whom, when, who told it, and to how many webhooks it goes. */
export function JournalRow({ event, ofRecord, open, onToggle }: JournalRowProps) {
  const t = useTranslations('events.journal');
  const detailsId = useId();
  const name = event.record_label ?? event.record_id;
  return (
    <li>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-3">
        <button
          type="button"
          aria-expanded={open}
          aria-controls={detailsId}
          onClick={onToggle}
          className="flex min-w-0 flex-1 items-center gap-2.5 rounded-md text-left max-md:basis-full"
        >
          <ChevronRight
            aria-hidden
            className={cn('size-4 shrink-0 text-muted transition-transform', open && 'rotate-90')}
          />
          <span className="flex min-w-0 flex-col">
            <span className="wrap-anywhere font-medium font-mono text-sm">{event.event_type}</span>
            <span className="wrap-anywhere text-muted text-sm">
              {!ofRecord && name && <>{name} · </>}
              {t(`origins.${event.origin ?? 'unknown'}`)}
            </span>
          </span>
        </button>
        <span
          className={cn('text-sm max-md:ml-6.5', event.deliveries === 0 ? 'text-warning-ink' : 'text-muted')}
        >
          {heardOf(event, t)}
        </span>
        <RelativeTime
          at={event.occurred_at}
          className="rounded-sm text-right text-muted text-sm max-md:ml-auto md:w-28"
        />
      </div>
      {open && (
        <div id={detailsId} className="flex flex-col gap-4 border-t bg-sunken/50 px-4 py-4">
          <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-muted text-xs">
            <ExactTime at={event.occurred_at} />
            <span className="wrap-anywhere font-mono">{event.id}</span>
            {!ofRecord && event.record_id && (
              <Link
                href={recordPath(event.record_id)}
                className="rounded-sm text-accent-ink text-sm hover:underline"
              >
                {t('record')}
              </Link>
            )}
          </p>
          <EventOutcomes id={event.id} />
        </div>
      )}
    </li>
  );
}

function heardOf(
  { deliveries, left_out }: JournalEvent,
  t: ReturnType<typeof useTranslations<'events.journal'>>,
): string {
  const heard = deliveries > 0 ? t('heard', { count: deliveries }) : left_out > 0 ? '' : t('unheard');
  return [heard, left_out > 0 && t('leftOut', { count: left_out })].filter(Boolean).join(', ');
}
