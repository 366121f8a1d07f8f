'use client';

import { useTranslations } from 'next-intl';
import type { FieldError } from '@/lib/domain/errors';
import type messages from '@/lib/i18n/messages/fr/errors.json';

type FieldKey = keyof (typeof messages)['fields'];
type RefusedField = Pick<FieldError, 'code'> & Partial<FieldError>;

/** Words a refused field in the person's language, with its place in the text where there is one. */
export function useFieldErrorText(): (error: RefusedField) => string {
  const t = useTranslations('errors.fields');
  return ({ code, message = '', line, column }) => {
    if (code === 'script_syntax')
      return t('script_syntax', { line: line ?? 1, column: column ?? 1, message });
    const known = code !== 'at' && t.has(code as FieldKey);
    const text = known ? t(code as 'invalid') : message || t('invalid');
    return line === undefined ? text : t('at', { line, column: column ?? 1, message: text });
  };
}
