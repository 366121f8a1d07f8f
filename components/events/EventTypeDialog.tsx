'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useForm } from 'react-hook-form';
import { createEventType, eventTypesQuery, updateEventType } from '@/lib/api/eventTypes';
import { WebhookError } from '@/lib/domain/errors';
import type { EventType, EventTypeInput } from '@/lib/domain/eventType';
import { FormDialog } from '../shell/FormDialog';
import { useFormProblem } from '../shell/useFormProblem';
import { Field } from '../ui/Field';
import { Input } from '../ui/Input';
import { Textarea } from '../ui/Textarea';
import { EventSchemaFields } from './EventSchemaFields';
import { eventTypeFormSchema, eventTypeFormValues } from './eventTypeForm';

type EventTypeDialogProps = {
  /** The type being edited; undefined for a new one. */
  type?: EventType;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** Handed the name of what was added. */
  onCreated?: (name: string) => void;
};

/** Adds a type to the registry, or changes what is said of one. */
export function EventTypeDialog({ type, open, onOpenChange, onCreated }: EventTypeDialogProps) {
  const t = useTranslations('events.form');
  const common = useTranslations('common');
  const client = useQueryClient();
  const form = useForm({
    resolver: zodResolver(eventTypeFormSchema),
    values: eventTypeFormValues(type),
    resetOptions: { keepDirtyValues: true },
  });
  const { errorOf, showProblem, failure, clearFailure } = useFormProblem(form);
  const save = useMutation({
    mutationFn: ({ name, ...fields }: EventTypeInput) =>
      type ? updateEventType(type.name, fields) : createEventType({ name, ...fields }),
    onSuccess: async (saved) => {
      await client.invalidateQueries({ queryKey: eventTypesQuery.queryKey });
      onOpenChange(false);
      form.reset(undefined, { keepDirtyValues: false });
      if (!type) onCreated?.(saved.name);
    },
    onError: (error) => {
      showProblem(error);
      if (error instanceof WebhookError && error.code === 'event_type_exists')
        form.setError('name', { message: 'event_type_exists' }, { shouldFocus: true });
    },
  });
  const submit = form.handleSubmit((input) => {
    clearFailure();
    save.mutate(input);
  });
  return (
    <FormDialog
      open={open}
      onOpenChange={(next) => {
        clearFailure();
        onOpenChange(next);
      }}
      title={type ? t('editTitle', { name: type.name }) : t('newTitle')}
      description={t(type ? 'editHint' : 'newHint')}
      form={form}
      draftName={`event type ${type?.name ?? 'new'}`}
      submitLabel={type ? common('save') : t('create')}
      pending={save.isPending}
      onSubmit={submit}
      failure={failure}
      creates={!type}
      className="grid gap-4 sm:grid-cols-2"
    >
      {!type && (
        <Field
          label={t('name')}
          hint={t('nameHint')}
          required
          error={errorOf('name')}
          className="sm:col-span-2"
        >
          <Input autoComplete="off" spellCheck={false} className="font-mono" {...form.register('name')} />
        </Field>
      )}
      <Field label={t('labelFr')} optional error={errorOf('labels.fr')}>
        <Input autoComplete="off" {...form.register('labels.fr')} />
      </Field>
      <Field label={t('labelEn')} optional error={errorOf('labels.en')}>
        <Input autoComplete="off" {...form.register('labels.en')} />
      </Field>
      <Field label={t('descriptionFr')} optional error={errorOf('descriptions.fr')}>
        <Textarea rows={2} {...form.register('descriptions.fr')} />
      </Field>
      <Field label={t('descriptionEn')} optional error={errorOf('descriptions.en')}>
        <Textarea rows={2} {...form.register('descriptions.en')} />
      </Field>
      <Field
        label={t('sample')}
        hint={t('sampleHint')}
        optional
        error={errorOf('sample')}
        className="sm:col-span-2"
      >
        <Textarea rows={6} spellCheck={false} className="font-mono text-xs!" {...form.register('sample')} />
      </Field>
      <Field
        label={t('labelPaths')}
        hint={t('labelPathsHint')}
        optional
        error={errorOf('label_paths')}
        className="sm:col-span-2"
      >
        <Input autoComplete="off" spellCheck={false} {...form.register('label_paths')} />
      </Field>
      <EventSchemaFields form={form} errorOf={errorOf} />
    </FormDialog>
  );
}
