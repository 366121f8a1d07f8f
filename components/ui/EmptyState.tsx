import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from './cn';

type EmptyStateProps = {
  icon: LucideIcon;
  title: ReactNode;
  /** What to do next. */
  description?: ReactNode;
  actions?: ReactNode;
  className?: string;
};

/** Nothing here yet, and what to do about it. */
export function EmptyState({ icon: Icon, title, description, actions, className }: EmptyStateProps) {
  return (
    <div className={cn('flex flex-col items-center gap-3 px-6 base:py-14 text-center', className)}>
      <div className="grid size-11 place-items-center rounded-xl border bg-sunken text-muted">
        <Icon aria-hidden className="size-5" />
      </div>
      <div className="flex max-w-md flex-col gap-1">
        <p className="font-semibold text-base">{title}</p>
        {description && <div className="text-muted text-sm">{description}</div>}
      </div>
      {actions && <div className="mt-1 flex flex-wrap justify-center gap-2">{actions}</div>}
    </div>
  );
}
