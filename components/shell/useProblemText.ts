'use client';

import { useTranslations } from 'next-intl';
import { ApiProblem } from '@/lib/api/apiFetch';
import { WebhookError } from '@/lib/domain/errors';

/** Words any thrown error in the person's language, by its stable code. */
export function useProblemText(): (error: unknown) => string {
  const t = useTranslations('errors.codes');
  return (error) => t(error instanceof ApiProblem || error instanceof WebhookError ? error.code : 'internal');
}
