'use client';

import { CircleCheck, CircleMinus, CircleX } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import type { Attempt } from '@/lib/domain/delivery';
import { cn } from '../../ui/cn';
import { useDuration } from '../../ui/useDuration';
import { HttpStatus } from './HttpStatus';
import { TimelineStep } from './TimelineStep';

type TimelineAttemptProps = {
  attempt: Attempt;
  previous: Attempt | undefined;
  /** The longest attempt of the delivery in milliseconds: the measure of the bars. */
  longest: number;
  selected: boolean;
  onSelect: () => void;
  before?: ReactNode;
};

/** One try on the timeline; choosing it shows its request and answer below. */
export function TimelineAttempt({
  attempt,
  previous,
  longest,
  selected,
  onSelect,
  before,
}: TimelineAttemptProps) {
  const t = useTranslations('deliveries.timeline');
  const duration = useDuration();
  const waited =
    previous && Date.parse(attempt.started_at) - Date.parse(previous.started_at) - previous.duration_ms;
  return (
    <>
      {before && (
        <li className="relative pb-3 pl-10">
          <span
            aria-hidden
            className="absolute top-0 bottom-0 left-3.5 border-line-strong/60 border-l border-dashed"
          />
          {before}
        </li>
      )}
      <TimelineStep
        icon={attempt.succeeded ? CircleCheck : wasDropped(attempt) ? CircleMinus : CircleX}
        tone={attempt.succeeded ? 'success' : wasDropped(attempt) ? 'neutral' : 'warning'}
        at={attempt.started_at}
      >
        <button
          type="button"
          aria-pressed={selected}
          onClick={onSelect}
          className={cn(
            '-my-1 -ml-2 flex w-full flex-wrap items-center gap-x-3 gap-y-1 rounded-md px-2 py-1 text-left transition-colors',
            selected ? 'bg-accent-soft' : 'hover:bg-hover',
          )}
        >
          <span className="flex min-w-0 flex-1 flex-wrap items-center gap-x-2 gap-y-1">
            <span className="font-medium">{t('attempt', { number: attempt.attempt })}</span>
            <AttemptOutcome attempt={attempt} />
            {waited !== undefined && waited >= 500 && (
              <span className="text-muted text-xs">{t('waited', { duration: duration(waited) })}</span>
            )}
          </span>
          <span className="flex shrink-0 items-center gap-2">
            <span aria-hidden className="h-1 w-20 overflow-hidden rounded-full bg-neutral-soft max-sm:hidden">
              <span
                className={cn(
                  'block h-full rounded-full',
                  attempt.succeeded ? 'bg-success' : wasDropped(attempt) ? 'bg-neutral' : 'bg-warning',
                )}
                style={{ width: `${Math.max(3, (attempt.duration_ms / longest) * 100)}%` }}
              />
            </span>
            <span className="min-w-14 text-right text-muted text-xs tabular-nums">
              {duration(attempt.duration_ms)}
            </span>
          </span>
        </button>
      </TimelineStep>
    </>
  );
}

/** The script returned null: nothing was sent, and nothing failed. */
const wasDropped = (attempt: Attempt) => !attempt.succeeded && attempt.error_kind === null;

function AttemptOutcome({ attempt }: { attempt: Attempt }) {
  const t = useTranslations('deliveries.timeline');
  const kinds = useTranslations('errors.kinds');
  return (
    <>
      {attempt.response_status !== null && <HttpStatus status={attempt.response_status} />}
      {wasDropped(attempt) && <span className="text-muted text-xs">{t('dropped')}</span>}
      {attempt.error_kind && attempt.error_kind !== 'status' && (
        <span className="text-warning-ink text-xs">{kinds(`${attempt.error_kind}.title`)}</span>
      )}
    </>
  );
}
