'use client';

import { useExactTime } from './useExactTime';

/** A moment (ISO 8601) in two lines: in the person's own time zone, and in UTC. */
export function ExactTime({ at }: { at: string }) {
  return (
    <time dateTime={at} className="block whitespace-pre-line tabular-nums" suppressHydrationWarning>
      {useExactTime()(at)}
    </time>
  );
}
