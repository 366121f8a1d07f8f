import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { ClockTime } from '../../ui/ClockTime';
import { cn } from '../../ui/cn';

type StepTone = 'neutral' | 'accent' | 'success' | 'warning' | 'danger';

const tones: Record<StepTone, string> = {
  neutral: 'border-line bg-raised text-muted',
  accent: 'border-accent/30 bg-accent-soft text-accent-ink',
  success: 'border-success/30 bg-success-soft text-success-ink',
  warning: 'border-warning/40 bg-warning-soft text-warning-ink',
  danger: 'border-danger/30 bg-danger-soft text-danger-ink',
};

type TimelineStepProps = {
  icon: LucideIcon;
  tone?: StepTone;
  /** When it happened, ISO 8601. */
  at?: string | null;
  /** The line ends here. */
  last?: boolean;
  spinning?: boolean;
  children: ReactNode;
};

/** One stop of the timeline: a sign on the line, what happened, and when. */
export function TimelineStep({
  icon: Icon,
  tone = 'neutral',
  at,
  last,
  spinning,
  children,
}: TimelineStepProps) {
  return (
    <li className="relative flex gap-3 pb-4 last:pb-0">
      {!last && <span aria-hidden className="absolute top-7 bottom-0 left-3.5 w-px bg-line-strong/60" />}
      <span className={cn('grid size-7 shrink-0 place-items-center rounded-full border', tones[tone])}>
        <Icon aria-hidden strokeWidth={2.25} className={cn('size-3.5', spinning && 'animate-spin')} />
      </span>
      <div className="flex min-w-0 flex-1 items-start justify-between gap-3 pt-1">
        <div className="min-w-0 flex-1 text-sm">{children}</div>
        {at && <ClockTime at={at} className="shrink-0 text-muted text-xs leading-5" />}
      </div>
    </li>
  );
}
