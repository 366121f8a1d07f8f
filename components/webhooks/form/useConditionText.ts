'use client';

import { useTranslations } from 'next-intl';
import type { Condition, ConditionScalar } from '@/lib/domain/conditions';

/** A condition in words, such as « montant est au moins 1000 ». */
export function useConditionText(): (condition: Condition) => string {
  const t = useTranslations('webhooks.form.conditionText');
  const worded = (value: ConditionScalar | undefined) => (value === '' ? '""' : String(value));
  return ({ field, operator, value }) => {
    if (typeof value !== 'object' || value === null) return t(operator, { field, value: worded(value) });
    const { from, to } = value;
    if (to === undefined) return t('changed_from', { field, from: worded(from) });
    if (from === undefined) return t('changed_to', { field, to: worded(to) });
    return t('changed_from_to', { field, from: worded(from), to: worded(to) });
  };
}
