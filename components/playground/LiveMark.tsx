'use client';

import { useTranslations } from 'next-intl';
import { useState } from 'react';
import type { InboxRequest } from '@/lib/domain/playground';
import { cn } from '../ui/cn';

type LiveMarkProps = {
  /** The server does not answer at the moment. */
  lost: boolean;
  newest: InboxRequest | undefined;
};

/** Says that the list is live, and tells screen readers what just arrived. */
export function LiveMark({ lost, newest }: LiveMarkProps) {
  const t = useTranslations('playground.live');
  const [openedAt] = useState(() => new Date().toISOString());
  const arrived = newest && newest.received_at > openedAt ? newest : undefined;
  return (
    <>
      <span
        className={cn(
          'inline-flex items-center gap-1.5 font-normal text-xs tracking-normal',
          lost ? 'text-warning-ink' : 'text-success-ink',
        )}
      >
        <span
          aria-hidden
          className={cn('size-2 rounded-full', lost ? 'bg-warning' : 'animate-shimmer bg-success')}
        />
        {t(lost ? 'lost' : 'on')}
      </span>
      <span role="status" className="sr-only">
        {arrived
          ? t('arrived', {
              event: arrived.event_type ?? arrived.method,
              standard: arrived.standard_signature,
              status: arrived.answered_status,
            })
          : ''}
      </span>
    </>
  );
}
