'use client';

import { useTranslations } from 'next-intl';
import type fields from '@/lib/i18n/messages/fr/errors.json';

type FieldKey = keyof (typeof fields)['fields'];

/** Words the code of a refused field in the person's language; an unknown code falls back to `message`. */
export function useFieldErrorText(): (code: string | undefined, message?: string) => string | undefined {
  const t = useTranslations('errors.fields');
  return (code, message) => {
    if (!code) return undefined;
    return t.has(code as FieldKey) ? t(code as 'invalid') : (message ?? t('invalid'));
  };
}
