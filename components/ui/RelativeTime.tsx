'use client';

import { useFormatter, useLocale, useTranslations } from 'next-intl';
import { formatRelative } from './formatRelative';
import { Tooltip } from './Tooltip';
import { useNow } from './useNow';

type RelativeTimeProps = {
  /** ISO 8601. */
  at: string;
  className?: string;
};

/** « il y a 3 min »; hover or focus shows the exact time, here and in UTC. */
export function RelativeTime({ at, className }: RelativeTimeProps) {
  const locale = useLocale();
  const now = useNow();
  return (
    <Tooltip content={<ExactTime at={at} />}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the exact time must be reachable by keyboard */}
      <time dateTime={at} tabIndex={0} className={className ?? 'rounded-sm'} suppressHydrationWarning>
        {formatRelative(Date.parse(at), now, locale)}
      </time>
    </Tooltip>
  );
}

/** Two lines: the moment in the person's own time zone, and in UTC. */
export function ExactTime({ at }: { at: string }) {
  const format = useFormatter();
  const t = useTranslations('common');
  const date = new Date(at);
  const style = { dateStyle: 'medium', timeStyle: 'medium' } as const;
  return (
    <span className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5 tabular-nums" suppressHydrationWarning>
      <span className="opacity-70">{t('localTime')}</span>
      <span>{format.dateTime(date, style)}</span>
      <span className="opacity-70">UTC</span>
      <span>{format.dateTime(date, { ...style, timeZone: 'UTC' })}</span>
    </span>
  );
}
