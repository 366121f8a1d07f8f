'use client';

import { useFormatter } from 'next-intl';
import { cn } from './cn';
import { ExactTime } from './RelativeTime';
import { Tooltip } from './Tooltip';

/** « 10:30:02 » in the person's time zone; hover or focus shows the whole date, here and in UTC. */
export function ClockTime({ at, className }: { at: string; className?: string }) {
  const text = useFormatter().dateTime(new Date(at), { timeStyle: 'medium' });
  return (
    <Tooltip content={<ExactTime at={at} />}>
      <time
        dateTime={at}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the exact time must be reachable by keyboard
        tabIndex={0}
        className={cn('rounded-sm tabular-nums', className)}
        suppressHydrationWarning
      >
        {text}
      </time>
    </Tooltip>
  );
}
