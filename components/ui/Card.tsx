import type { ReactNode } from 'react';
import { cn } from './cn';

type CardProps = {
  title?: ReactNode;
  description?: ReactNode;
  /** At the right of the title. */
  actions?: ReactNode;
  /** No padding around the children: for tables and editors. */
  flush?: boolean;
  className?: string;
  children?: ReactNode;
};

/** A framed part of a page; with a title it is a section with an `h2`. */
export function Card({ title, description, actions, flush, className, children }: CardProps) {
  const Tag = title ? 'section' : 'div';
  return (
    <Tag className={cn('rounded-lg border bg-raised shadow-xs', className)}>
      {(title || actions) && (
        <header className="flex flex-wrap items-start justify-between gap-3 px-4 pt-4 md:px-5">
          <div className="flex min-w-0 flex-col gap-0.5">
            {title && <h2 className="text-base">{title}</h2>}
            {description && <p className="max-w-prose text-muted text-sm">{description}</p>}
          </div>
          {actions && <div className="flex shrink-0 flex-wrap items-center gap-2">{actions}</div>}
        </header>
      )}
      <div className={cn(flush ? (title ? 'pt-3' : '') : 'p-4 md:p-5', 'min-w-0')}>{children}</div>
    </Tag>
  );
}
