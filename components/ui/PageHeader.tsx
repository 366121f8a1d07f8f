import { ChevronLeft } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from './Link';

type PageHeaderProps = {
  title: ReactNode;
  description?: ReactNode;
  /** Beside the title: a status. */
  badge?: ReactNode;
  actions?: ReactNode;
  backHref?: string;
  backLabel?: string;
};

/** The head of a page: its only `h1`, what it is for, and its main actions. */
export function PageHeader({ title, description, badge, actions, backHref, backLabel }: PageHeaderProps) {
  return (
    <div className="flex flex-col gap-2">
      {backHref && (
        <Link
          href={backHref}
          className="-ml-1 inline-flex items-center gap-0.5 self-start rounded-md pr-1.5 text-muted text-sm hover:text-ink"
        >
          <ChevronLeft aria-hidden className="size-4" />
          {backLabel}
        </Link>
      )}
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="flex min-w-0 flex-col gap-1">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <h1 className="wrap-anywhere text-xl">{title}</h1>
            {badge}
          </div>
          {description && <div className="max-w-prose text-muted text-sm">{description}</div>}
        </div>
        {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </div>
    </div>
  );
}
