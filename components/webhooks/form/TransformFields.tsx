'use client';

import { useTranslations } from 'next-intl';
import { Controller, useFormContext } from 'react-hook-form';
import { FieldError } from '../../ui/Field';
import { lazily } from '../../ui/lazily';
import { Skeleton } from '../../ui/Skeleton';
import { SwitchField } from '../../ui/SwitchField';
import { FormSection } from './FormSection';
import type { WebhookFormValues } from './webhookFormValues';

const TransformWorkbench = lazily(
  () => import('../transform/TransformWorkbench').then((file) => file.TransformWorkbench),
  <Skeleton className="h-96" />,
);

/** The transformation: on or off, and the script with a run on a sample. */
export function TransformFields() {
  const t = useTranslations('webhooks');
  const { control, formState, watch, getValues, setValue } = useFormContext<WebhookFormValues>();
  const settings = watch();
  const { transform_enabled: enabled, events } = settings;
  const error = formState.errors.transform_script?.message;
  const enable = (on: boolean) => {
    setValue('transform_enabled', on, { shouldDirty: true });
    if (on && getValues('transform_script').trim() === '') {
      setValue('transform_script', t('transform.starter'), { shouldDirty: true });
    }
  };
  return (
    <FormSection title={t('form.transform')} hint={t('form.transformHint')}>
      <SwitchField
        label={t('form.transformEnabled')}
        hint={t('form.transformEnabledHint')}
        checked={enabled}
        onCheckedChange={enable}
      />
      {enabled && (
        <Controller
          control={control}
          name="transform_script"
          render={({ field }) => (
            <TransformWorkbench
              script={field.value}
              onScriptChange={field.onChange}
              settings={{ ...settings, timeout_ms: settings.timeout_seconds * 1000 }}
              events={events}
              stacked
            />
          )}
        />
      )}
      <FieldError error={error} />
    </FormSection>
  );
}
