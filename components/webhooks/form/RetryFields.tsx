'use client';

import { Clock } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Controller, useFormContext } from 'react-hook-form';
import { Field } from '../../ui/Field';
import { Input } from '../../ui/Input';
import { SwitchField } from '../../ui/SwitchField';
import { FormSection } from './FormSection';
import { useScheduleText } from './useScheduleText';
import type { WebhookFormValues } from './webhookFormValues';

/** Retries, with the resulting schedule in words. */
export function RetryFields() {
  const t = useTranslations('webhooks.form');
  const { register, control, formState, watch } = useFormContext<WebhookFormValues>();
  const { errors } = formState;
  const [retry_enabled, max_retries, retry_delay] = watch(['retry_enabled', 'max_retries', 'retry_delay']);
  // What is refused stays in sight, even where it no longer counts.
  const shown = retry_enabled || errors.max_retries || errors.retry_delay;
  const text = useScheduleText()({ retry_enabled, max_retries, retry_delay });
  return (
    <FormSection title={t('retries')} hint={t('retriesHint')}>
      <Controller
        control={control}
        name="retry_enabled"
        render={({ field }) => (
          <SwitchField label={t('retryEnabled')} checked={field.value} onCheckedChange={field.onChange} />
        )}
      />
      <div className={shown ? 'grid gap-4 sm:grid-cols-2' : 'hidden'}>
        <Field label={t('maxRetries')} error={errors.max_retries?.message}>
          <Input
            type="number"
            min={0}
            max={20}
            step={1}
            {...register('max_retries', { valueAsNumber: true })}
          />
        </Field>
        <Field label={t('retryDelay')} error={errors.retry_delay?.message}>
          <Input
            type="number"
            min={1}
            max={3600}
            step={1}
            {...register('retry_delay', { valueAsNumber: true })}
          />
        </Field>
      </div>
      <div className={retry_enabled ? undefined : 'hidden'}>
        <Controller
          control={control}
          name="retry_refusals"
          render={({ field }) => (
            <SwitchField
              label={t('retryRefusals')}
              hint={t('retryRefusalsHint')}
              checked={field.value}
              onCheckedChange={field.onChange}
            />
          )}
        />
      </div>
      <p aria-live="polite" className="flex items-start gap-2 text-muted text-sm">
        <Clock aria-hidden className="mt-0.5 size-4 shrink-0" />
        <span>{text ? t('schedule', text) : t('scheduleNone')}</span>
      </p>
    </FormSection>
  );
}
