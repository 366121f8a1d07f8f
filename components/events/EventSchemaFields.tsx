'use client';

import { useTranslations } from 'next-intl';
import { Controller, type UseFormReturn, useWatch } from 'react-hook-form';
import { type EventTypeInput, schemaModes } from '@/lib/domain/eventType';
import { Field } from '../ui/Field';
import { Select } from '../ui/Select';
import { Textarea } from '../ui/Textarea';
import { type EventTypeFormValues, schemaOrigins } from './eventTypeForm';

type EventSchemaFieldsProps = {
  form: UseFormReturn<EventTypeFormValues, unknown, EventTypeInput>;
  errorOf: (field: 'schema' | 'schema_mode') => string | undefined;
};

/** The schema of a type's payloads: where it comes from, what it says, and what is done with a payload that does not fit. */
export function EventSchemaFields({ form, errorOf }: EventSchemaFieldsProps) {
  const t = useTranslations('events.form');
  const from = useWatch({ control: form.control, name: 'schema_from' });
  return (
    <>
      <Controller
        control={form.control}
        name="schema_from"
        render={({ field }) => (
          <Field label={t('schemaFrom')}>
            <Select
              value={field.value}
              onValueChange={field.onChange}
              options={schemaOrigins.map((value) => ({ value, label: t(`schemaOrigins.${value}`) }))}
            />
          </Field>
        )}
      />
      <Controller
        control={form.control}
        name="schema_mode"
        render={({ field }) => (
          <Field
            label={t('schemaMode')}
            hint={t(`schemaModeHints.${field.value}`)}
            error={errorOf('schema_mode')}
          >
            <Select
              value={field.value}
              onValueChange={field.onChange}
              options={schemaModes.map((value) => ({ value, label: t(`schemaModes.${value}`) }))}
            />
          </Field>
        )}
      />
      {from === 'written' && (
        <Field
          label={t('schema')}
          hint={t('schemaHint')}
          required
          error={errorOf('schema')}
          className="sm:col-span-2"
        >
          <Textarea rows={8} spellCheck={false} className="font-mono text-xs!" {...form.register('schema')} />
        </Field>
      )}
    </>
  );
}
