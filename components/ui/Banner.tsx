import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from './cn';

type BannerTone = 'info' | 'success' | 'warning' | 'danger';

const looks = {
  info: { icon: Info, className: 'border-accent/20 bg-accent-soft text-accent-ink' },
  success: { icon: CircleCheck, className: 'border-success/25 bg-success-soft text-success-ink' },
  warning: { icon: TriangleAlert, className: 'border-warning/35 bg-warning-soft text-warning-ink' },
  danger: { icon: CircleAlert, className: 'border-danger/25 bg-danger-soft text-danger-ink' },
} as const;

type BannerProps = {
  tone?: BannerTone;
  title?: ReactNode;
  actions?: ReactNode;
  /** Announce it at once: for something that just went wrong. */
  alert?: boolean;
  className?: string;
  children?: ReactNode;
};

/** A message that stays on the page beside what it is about. */
export function Banner({ tone = 'info', title, actions, alert, className, children }: BannerProps) {
  const { icon: Icon, className: look } = looks[tone];
  return (
    <div
      role={alert ? 'alert' : undefined}
      className={cn(
        'flex flex-wrap items-start gap-x-3 gap-y-2 rounded-lg border px-3.5 py-3 text-sm',
        look,
        className,
      )}
    >
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0" />
      <div className="flex min-w-0 flex-1 basis-60 flex-col gap-0.5">
        {title && <p className="font-semibold">{title}</p>}
        {children && <div className="text-ink">{children}</div>}
      </div>
      {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
    </div>
  );
}
