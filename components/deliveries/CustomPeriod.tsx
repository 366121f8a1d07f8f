'use client';

import { useTranslations } from 'next-intl';
import { Field } from '../ui/Field';
import { Input } from '../ui/Input';
import { localInputTime } from './localInputTime';
import type { DeliveryFilters } from './useDeliveryFilters';

/** From when to when, in the person's own time zone; either end may stay open. */
export function CustomPeriod({ filters }: { filters: DeliveryFilters }) {
  const t = useTranslations('deliveries.filters');
  const wrong = filters.from !== undefined && filters.to !== undefined && filters.from >= filters.to;
  const ends = ['from', 'to'] as const;
  return (
    <div className="grid gap-3 rounded-lg border bg-sunken p-3 sm:grid-cols-2 md:max-w-xl">
      {ends.map((end) => (
        <Field key={end} label={t(end)} error={end === 'to' && wrong ? t('emptyPeriod') : undefined}>
          <Input
            type="datetime-local"
            value={localInputTime(filters[end])}
            max="9999-12-31T23:59"
            onChange={({ target }) =>
              filters.set({ [end]: target.value ? new Date(target.value).toISOString() : undefined })
            }
          />
        </Field>
      ))}
    </div>
  );
}
