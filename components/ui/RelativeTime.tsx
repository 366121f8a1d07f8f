'use client';

import { useExactTime } from './useExactTime';
import { useNow } from './useNow';
import { useRelativeTime } from './useRelativeTime';

type RelativeTimeProps = {
  /** ISO 8601. */
  at: string;
  className?: string;
};

/** « il y a 3 min »; under a pointer the exact time, here and in UTC. */
export function RelativeTime({ at, className }: RelativeTimeProps) {
  return (
    <time dateTime={at} title={useExactTime()(at)} className={className} suppressHydrationWarning>
      <Distance at={Date.parse(at)} />
    </time>
  );
}

/** Drawn anew each second, without what is around it. */
function Distance({ at }: { at: number }) {
  return useRelativeTime()(at, useNow());
}
