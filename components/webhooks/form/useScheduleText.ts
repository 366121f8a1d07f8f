'use client';

import { useTranslations } from 'next-intl';
import { retrySchedule } from '@/lib/domain/backoff';
import { useDuration } from '../../ui/useDuration';

type RetrySettings = { retry_enabled: boolean; max_retries: number; retry_delay: number };

const shownWaits = 6;

type ScheduleText = { schedule: string; total: string };

/**
 * The waits before each retry in words: « après 5 s, 10 s, 20 s », and their sum; `none` where there is no retry, null
 * while the settings are none that could be saved.
 */
export function useScheduleText(): (settings: RetrySettings) => ScheduleText | 'none' | null {
  const t = useTranslations('webhooks.form');
  const duration = useDuration();
  return ({ retry_enabled, max_retries, retry_delay }) => {
    if (!retry_enabled) return 'none';
    if (!isWhole(max_retries, 0, 20) || !isWhole(retry_delay, 1, 3600)) return null;
    if (max_retries === 0) return 'none';
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

const isWhole = (value: number, least: number, most: number) =>
  Number.isInteger(value) && value >= least && value <= most;
