'use client';

import { useTranslations } from 'next-intl';
import type { InboxView } from '@/lib/domain/playground';
import { cn } from '../ui/cn';
import { Link } from '../ui/Link';

/** The inboxes to choose from. */
export function InboxTabs({ inboxes, current }: { inboxes: InboxView[]; current: string }) {
  const t = useTranslations('playground');
  return (
    <nav aria-label={t('inboxes')} className="-my-1 overflow-x-auto py-1">
      <ul className="flex gap-1.5">
        {inboxes.map(({ id, name }) => (
          <li key={id} className="shrink-0">
            <Link
              href={`/playground?inbox=${id}`}
              scroll={false}
              aria-current={id === current ? 'page' : undefined}
              className={cn(
                'inline-flex h-8 max-w-56 items-center rounded-md border px-3 font-medium text-sm transition-colors',
                id === current
                  ? 'border-accent bg-accent-soft text-accent-ink'
                  : 'bg-raised text-muted hover:border-line-strong hover:text-ink',
              )}
            >
              <span className="truncate">{name}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
