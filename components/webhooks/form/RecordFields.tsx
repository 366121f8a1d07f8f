'use client';

import { useTranslations } from 'next-intl';
import { Controller, useFormContext } from 'react-hook-form';
import { Field } from '../../ui/Field';
import { Input } from '../../ui/Input';
import { SwitchField } from '../../ui/SwitchField';
import { FormSection } from './FormSection';
import type { WebhookFormValues } from './webhookFormValues';

/** How the events of one record relate: their order, changes as one, what is out of date, and the receiver's own changes. */
export function RecordFields() {
  const t = useTranslations('webhooks.form');
  const { register, control, formState, watch } = useFormContext<WebhookFormValues>();
  return (
    <FormSection title={t('record')} hint={t('recordHint')}>
      <Controller
        control={control}
        name="ordered"
        render={({ field }) => (
          <SwitchField
            label={t('ordered')}
            hint={t('orderedHint')}
            checked={field.value}
            onCheckedChange={field.onChange}
          />
        )}
      />
      <div className={watch('ordered') ? undefined : 'hidden'}>
        <Controller
          control={control}
          name="order_waits"
          render={({ field }) => (
            <SwitchField
              label={t('orderWaits')}
              hint={t('orderWaitsHint')}
              checked={field.value}
              onCheckedChange={field.onChange}
            />
          )}
        />
      </div>
      <Controller
        control={control}
        name="stale_retries"
        render={({ field }) => (
          <SwitchField
            label={t('staleRetriesSkip')}
            hint={t('staleRetriesHint')}
            checked={field.value === 'skip'}
            onCheckedChange={(skips) => field.onChange(skips ? 'skip' : 'send')}
          />
        )}
      />
      <Controller
        control={control}
        name="skip_own_changes"
        render={({ field }) => (
          <SwitchField
            label={t('skipOwnChanges')}
            hint={t('skipOwnChangesHint')}
            checked={field.value}
            onCheckedChange={field.onChange}
          />
        )}
      />
      <div className="grid items-start gap-4 sm:grid-cols-2 xl:grid-cols-3">
        <Field
          label={t('coalesceSeconds')}
          hint={t('coalesceSecondsHint')}
          error={formState.errors.coalesce_seconds?.message}
        >
          <Input
            type="number"
            min={0}
            max={300}
            step={1}
            {...register('coalesce_seconds', { valueAsNumber: true })}
          />
        </Field>
      </div>
    </FormSection>
  );
}
