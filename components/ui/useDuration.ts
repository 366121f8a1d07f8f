'use client';

import { useTranslations } from 'next-intl';

/** Words a duration in milliseconds with at most two units: « 240 ms », « 2,5 s », « 2 min 30 s », « 1 h ». */
export function useDuration(): (ms: number) => string {
  const t = useTranslations('common.duration');
  return (ms) => {
    if (ms < 1000) return t('ms', { value: Math.round(ms) });
    if (ms < 60_000) return t('s', { value: Math.round(ms / 100) / 10 });
    const hours = ms >= 3_600_000;
    const [big, small] = hours ? ([3_600_000, 60_000] as const) : ([60_000, 1000] as const);
    const rest = Math.round((ms % big) / small);
    const whole = t(hours ? 'h' : 'min', { value: Math.floor(ms / big) });
    return rest === 0 ? whole : `${whole} ${t(hours ? 'min' : 's', { value: rest })}`;
  };
}
