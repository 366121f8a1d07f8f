import type { ReactNode } from 'react';
import { cn } from './cn';

export type Tone = 'neutral' | 'accent' | 'success' | 'warning' | 'danger';

const tones: Record<Tone, string> = {
  neutral: 'bg-neutral-soft text-muted',
  accent: 'bg-accent-soft text-accent-ink',
  success: 'bg-success-soft text-success-ink',
  warning: 'bg-warning-soft text-warning-ink',
  danger: 'bg-danger-soft text-danger-ink',
};

type BadgeProps = { tone?: Tone; mono?: boolean; className?: string; children: ReactNode };

export function Badge({ tone = 'neutral', mono, className, children }: BadgeProps) {
  return (
    <span
      className={cn(
        'inline-flex base:h-5.5 items-center gap-1.5 whitespace-nowrap rounded-sm base:px-1.5 base:text-xs [&>svg]:size-3.5 [&>svg]:shrink-0',
        mono ? 'font-mono text-2xs' : 'font-medium',
        tones[tone],
        className,
      )}
    >
      {children}
    </span>
  );
}
