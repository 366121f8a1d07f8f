'use client';

import { useTranslations } from 'next-intl';
import { Controller, useFormContext } from 'react-hook-form';
import { Field } from '../../ui/Field';
import { Input } from '../../ui/Input';
import { RadioCards } from '../../ui/RadioCards';
import { SwitchField } from '../../ui/SwitchField';
import { FormSection } from './FormSection';
import type { WebhookFormValues } from './webhookFormValues';

/** The shape of the request, its pace, and its signatures. */
export function SendingFields() {
  const t = useTranslations('webhooks.form');
  const { register, control, formState } = useFormContext<WebhookFormValues>();
  const { errors } = formState;
  return (
    <>
      <FormSection title={t('delivery')} hint={t('deliveryHint')}>
        <div className="grid items-start gap-4 sm:grid-cols-2 xl:grid-cols-3">
          <Field label={t('timeout')} hint={t('timeoutHint')} error={errors.timeout_seconds?.message}>
            <Input
              type="number"
              min={1}
              max={30}
              step={0.5}
              {...register('timeout_seconds', { valueAsNumber: true })}
            />
          </Field>
          <Field label={t('maxInFlight')} hint={t('maxInFlightHint')} error={errors.max_in_flight?.message}>
            <Input
              type="number"
              min={1}
              max={100}
              step={1}
              {...register('max_in_flight', { valueAsNumber: true })}
            />
          </Field>
          <Field label={t('rateLimit')} hint={t('rateLimitHint')} error={errors.rate_limit?.message}>
            <Input
              type="number"
              min={1}
              max={1000}
              step={1}
              placeholder={t('rateLimitNone')}
              {...register('rate_limit', { setValueAs: numberOrNull })}
            />
          </Field>
        </div>
        <Controller
          control={control}
          name="body_format"
          render={({ field }) => (
            <RadioCards
              legend={t('bodyFormat')}
              value={field.value}
              onValueChange={field.onChange}
              className="sm:grid-cols-2"
              options={[
                { value: 'envelope', label: t('envelope'), hint: t('envelopeHint') },
                { value: 'raw', label: t('raw'), hint: t('rawHint') },
              ]}
            />
          )}
        />
      </FormSection>
      <FormSection title={t('signature')} hint={t('signatureHint')}>
        <Controller
          control={control}
          name="seed_signature_enabled"
          render={({ field }) => (
            <SwitchField
              label={t('seedSignature')}
              hint={t('seedSignatureHint')}
              checked={field.value}
              onCheckedChange={field.onChange}
            />
          )}
        />
      </FormSection>
    </>
  );
}

/** An empty field is no limit; anything else must be a number. */
const numberOrNull = (value: unknown) => (value === '' || value === null ? null : Number(value));
