'use client';

import { useLocale, useTranslations } from 'next-intl';
import { Tooltip } from './Tooltip';
import { useNow } from './useNow';
import { useRelativeTime } from './useRelativeTime';

type RelativeTimeProps = {
  /** ISO 8601. */
  at: string;
  className?: string;
};

/** « il y a 3 min »; hover or focus shows the exact time, here and in UTC. */
export function RelativeTime({ at, className }: RelativeTimeProps) {
  return (
    <Tooltip content={<ExactTime at={at} />}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the exact time must be reachable by keyboard */}
      <time dateTime={at} tabIndex={0} className={className ?? 'rounded-sm'} suppressHydrationWarning>
        <Distance at={at} />
      </time>
    </Tooltip>
  );
}

/** Drawn anew each second, without what is around it. */
function Distance({ at }: { at: string }) {
  return useRelativeTime()(Date.parse(at), useNow());
}

/** Two lines: the moment in the person's own time zone, and in UTC. */
export function ExactTime({ at }: { at: string }) {
  const locale = useLocale();
  const t = useTranslations('common');
  const date = new Date(at);
  const style = { dateStyle: 'medium', timeStyle: 'medium' } as const;
  return (
    <span className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5 tabular-nums" suppressHydrationWarning>
      <span className="opacity-70">{t('localTime')}</span>
      <span>{new Intl.DateTimeFormat(locale, style).format(date)}</span>
      <span className="opacity-70">UTC</span>
      <span>{new Intl.DateTimeFormat(locale, { ...style, timeZone: 'UTC' }).format(date)}</span>
    </span>
  );
}
