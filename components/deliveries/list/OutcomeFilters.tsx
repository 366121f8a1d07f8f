'use client';

import { useTranslations } from 'next-intl';
import { deliveryErrorKinds } from '@/lib/domain/deliveryErrorKinds';
import { statusCodeChoices } from '@/lib/domain/statusCode';
import { cn } from '../../ui/cn';
import { Select } from '../../ui/Select';
import { filterSelectClass } from './filterSelectClass';
import type { DeliveryFilters } from './useDeliveryFilters';

const any = '*';

/** By what came of it: the code of the last answer, and the cause of the failure. */
export function OutcomeFilters({ filters }: { filters: DeliveryFilters }) {
  const t = useTranslations('deliveries.filters');
  const kinds = useTranslations('errors.kinds');
  const { statusCode, errorKind } = filters;
  const codes: string[] = [...statusCodeChoices];
  if (statusCode && !codes.includes(statusCode)) codes.push(statusCode);
  return (
    <>
      <Select
        aria-label={t('statusCode')}
        className={cn(filterSelectClass, 'md:w-36')}
        value={statusCode ?? any}
        onValueChange={(code) => filters.set({ status_code: code === any ? undefined : code })}
        options={[
          { value: any, label: t('allCodes') },
          ...codes.map((code) => ({ value: code, label: t('code', { code }) })),
        ]}
      />
      <Select
        aria-label={t('errorKind')}
        className={cn(filterSelectClass, 'md:w-44')}
        value={errorKind ?? any}
        onValueChange={(kind) => filters.set({ error_kind: kind === any ? undefined : kind })}
        options={[
          { value: any, label: t('allCauses') },
          ...deliveryErrorKinds.map((kind) => ({ value: kind, label: kinds(`${kind}.title`) })),
        ]}
      />
    </>
  );
}
