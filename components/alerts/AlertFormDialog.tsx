'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useLocale, useTranslations } from 'next-intl';
import { useId } from 'react';
import { Controller, useForm } from 'react-hook-form';
import { type Alert, type AlertChannel, alertChannels, alertEvents, alertLocales } from '@/lib/domain/alert';
import { FormDialog } from '../shell/FormDialog';
import { useFormProblem } from '../shell/useFormProblem';
import { Checkbox } from '../ui/Checkbox';
import { Field, FieldError } from '../ui/Field';
import { Input } from '../ui/Input';
import { Select } from '../ui/Select';
import { SwitchField } from '../ui/SwitchField';
import { alertFormSchema, alertInputOf, alertPatchOf, formValuesOf } from './alertFormValues';
import { useAlertActions } from './useAlertActions';
import { WatchedWebhooks } from './WatchedWebhooks';

type AlertFormDialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** The one that is changed; none: a new one. */
  alert?: Alert;
};

/** Who is told, how, of which webhooks, of what. */
export function AlertFormDialog({ open, onOpenChange, alert }: AlertFormDialogProps) {
  const t = useTranslations('alerts');
  const id = useId();
  const { create, update } = useAlertActions();
  const form = useForm({
    resolver: zodResolver(alertFormSchema(alert !== undefined)),
    values: formValuesOf(alert, useLocale()),
    resetOptions: { keepDirtyValues: true },
  });
  const { errorOf, showProblem, failure, clearFailure } = useFormProblem(form);
  const channel: AlertChannel = form.watch('channel');
  const every = form.watch('every');
  const save = form.handleSubmit((values) => {
    clearFailure();
    const onSuccess = () => {
      onOpenChange(false);
      form.reset(undefined, { keepDirtyValues: false });
    };
    if (alert)
      update.mutate({ id: alert.id, patch: alertPatchOf(values) }, { onSuccess, onError: showProblem });
    else create.mutate(alertInputOf(values), { onSuccess, onError: showProblem });
  });
  return (
    <FormDialog
      open={open}
      onOpenChange={(next) => {
        clearFailure();
        onOpenChange(next);
      }}
      title={alert ? t('editTitle', { name: alert.name }) : t('newTitle')}
      form={form}
      // Never kept: the address of a chat is a secret.
      draftName={null}
      submitLabel={alert ? t('save') : t('create')}
      pending={create.isPending || update.isPending}
      onSubmit={save}
      failure={failure}
      creates={!alert}
      className="flex flex-col gap-4"
    >
      <Field label={t('name')} hint={t('nameHint')} error={errorOf('name')} required>
        <Input autoComplete="off" {...form.register('name')} />
      </Field>
      {!alert && (
        <Controller
          control={form.control}
          name="channel"
          render={({ field }) => (
            <Field label={t('channel')}>
              <Select
                value={field.value}
                onValueChange={field.onChange}
                options={alertChannels.map((value) => ({ value, label: t(`channels.${value}`) }))}
              />
            </Field>
          )}
        />
      )}
      {channel === 'email' ? (
        <Field label={t('emails')} hint={t('emailsHint')} error={errorOf('emails')} required>
          <Input autoComplete="off" inputMode="email" {...form.register('emails')} />
        </Field>
      ) : (
        <Field
          label={t('url')}
          hint={alert ? t('urlKept', { url: alert.url ?? '' }) : t(`urlHints.${channel}`)}
          error={errorOf('url')}
          required={!alert}
        >
          <Input autoComplete="off" inputMode="url" placeholder="https://" {...form.register('url')} />
        </Field>
      )}
      {channel !== 'webhook' && (
        <Controller
          control={form.control}
          name="locale"
          render={({ field }) => (
            <Field label={t('locale')}>
              <Select
                value={field.value}
                onValueChange={field.onChange}
                options={alertLocales.map((value) => ({ value, label: t(`locales.${value}`) }))}
              />
            </Field>
          )}
        />
      )}
      <Controller
        control={form.control}
        name="events"
        render={({ field }) => (
          <fieldset className="flex flex-col gap-2">
            <legend className="mb-1.5 font-medium text-sm">{t('events')}</legend>
            {alertEvents.map((event) => (
              <div key={event} className="flex items-start gap-2.5">
                <Checkbox
                  id={`${id}-${event}`}
                  className="mt-0.5"
                  checked={field.value.includes(event)}
                  onCheckedChange={(checked) =>
                    field.onChange(
                      alertEvents.filter((x) => (x === event ? checked : field.value.includes(x))),
                    )
                  }
                />
                <label htmlFor={`${id}-${event}`} className="text-sm">
                  {t(`eventNames.${alertEventKeys[event]}`)}
                </label>
              </div>
            ))}
            <FieldError error={errorOf('events')} />
            <p className="text-muted text-xs">{t('eventsHint')}</p>
          </fieldset>
        )}
      />
      <Controller
        control={form.control}
        name="every"
        render={({ field }) => (
          <SwitchField label={t('every')} checked={field.value} onCheckedChange={field.onChange} />
        )}
      />
      {!every && (
        <Controller
          control={form.control}
          name="webhook_ids"
          render={({ field }) => (
            <div className="flex flex-col gap-1.5">
              <WatchedWebhooks value={field.value} onValueChange={field.onChange} />
              <FieldError error={errorOf('webhook_ids')} />
            </div>
          )}
        />
      )}
    </FormDialog>
  );
}

/** A dot in a key of a message is a level. */
const alertEventKeys = {
  'webhook.failing': 'failing',
  'delivery.exhausted': 'exhausted',
  'webhook.disabled': 'disabled',
} as const;
