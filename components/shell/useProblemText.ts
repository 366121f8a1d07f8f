'use client';

import { useTranslations } from 'next-intl';
import { WebhookError } from '@/lib/domain/errors';

/** Words any thrown error in the person's language, by its stable code. */
export function useProblemText(): (error: unknown) => string {
  const t = useTranslations('errors');
  return (error) => {
    const known = error instanceof WebhookError ? error : null;
    const wait = known?.code === 'too_many_requests' ? known.retryAfter : undefined;
    if (wait === undefined) return t(`codes.${known?.code ?? 'internal'}`);
    return wait < 90 ? t('waitSeconds', { wait }) : t('waitMinutes', { wait: Math.ceil(wait / 60) });
  };
}
