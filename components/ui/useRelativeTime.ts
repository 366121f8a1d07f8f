'use client';

import { useFormatter } from 'next-intl';

/** Words a moment as seen from another one, both in milliseconds since 1970: « il y a 3 min », « dans 12 s ». */
export function useRelativeTime(): (at: number, now: number) => string {
  const format = useFormatter();
  return (at, now) => format.relativeTime(at, { now, style: 'short' });
}
