'use client';

import { useTranslations } from 'next-intl';
import { retrySchedule } from '@/lib/domain/backoff';
import { useDuration } from '../../ui/useDuration';

type RetrySettings = { retry_enabled: boolean; max_retries: number; retry_delay: number };

const shownWaits = 6;

/** The waits before each retry in words: « après 5 s, 10 s, 20 s », and their sum; null when there is no retry. */
export function useScheduleText(): (settings: RetrySettings) => { schedule: string; total: string } | null {
  const t = useTranslations('webhooks.form');
  const duration = useDuration();
  return ({ retry_enabled, max_retries, retry_delay }) => {
    const valid = Number.isInteger(max_retries) && max_retries >= 1 && max_retries <= 20 && retry_delay >= 1;
    if (!retry_enabled || !valid) return null;
    const waits = retrySchedule({ retryDelay: retry_delay, maxRetries: max_retries });
    const words = waits.map((seconds) => duration(seconds * 1000));
    const list =
      words.length > shownWaits
        ? t('scheduleMore', { list: words.slice(0, shownWaits - 1).join(', '), last: words.at(-1) ?? '' })
        : words.join(', ');
    const total = duration(waits.reduce((sum, seconds) => sum + seconds, 0) * 1000);
    return { schedule: t('scheduleAfter', { list }), total };
  };
}
