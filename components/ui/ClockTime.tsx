'use client';

import { useFormatter } from 'next-intl';
import { cn } from './cn';
import { useExactTime } from './useExactTime';

/** « 10:30:02 » in the person's time zone; under a pointer the whole date, here and in UTC. */
export function ClockTime({ at, className }: { at: string; className?: string }) {
  const text = useFormatter().dateTime(new Date(at), { timeStyle: 'medium' });
  return (
    <time
      dateTime={at}
      title={useExactTime()(at)}
      className={cn('tabular-nums', className)}
      suppressHydrationWarning
    >
      {text}
    </time>
  );
}
