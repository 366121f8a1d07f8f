'use client';

import { useLocale, useTranslations } from 'next-intl';

/** Words a moment (ISO 8601) in two lines: in the person's own time zone, and in UTC. */
export function useExactTime(): (at: string) => string {
  const locale = useLocale();
  const t = useTranslations('common');
  return (at) => {
    const date = new Date(at);
    const style = { dateStyle: 'medium', timeStyle: 'medium' } as const;
    const here = new Intl.DateTimeFormat(locale, style).format(date);
    const utc = new Intl.DateTimeFormat(locale, { ...style, timeZone: 'UTC' }).format(date);
    return `${t('localTime')} ${here}\nUTC ${utc}`;
  };
}
