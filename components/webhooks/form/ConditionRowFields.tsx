'use client';

import { X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useId } from 'react';
import { Controller, useFormContext } from 'react-hook-form';
import { type ConditionOperator, conditionOperators } from '@/lib/domain/conditionOperators';
import type { ConditionPreview } from '@/lib/domain/conditions';
import { Button } from '../../ui/Button';
import { FieldError } from '../../ui/Field';
import { Input } from '../../ui/Input';
import { Select } from '../../ui/Select';
import { ConditionValue } from './ConditionValue';
import type { WebhookFormValues } from './webhookFormValues';

const operators = Object.keys(conditionOperators) as ConditionOperator[];

type ConditionRowFieldsProps = {
  index: number;
  /** The fields of the last events. */
  seen: ConditionPreview['fields'];
  /** Of the list that suggests their names. */
  fieldsId: string;
  /** Fields that none of the last events has. */
  unseen: string[];
  onRemove: () => void;
};

/** One condition: field, operator, value. */
export function ConditionRowFields({ index, seen, fieldsId, unseen, onRemove }: ConditionRowFieldsProps) {
  const t = useTranslations('webhooks.form');
  const words = useTranslations('webhooks.form.conditionOperators');
  const id = useId();
  const { register, control, watch, formState } = useFormContext<WebhookFormValues>();
  const { field, operator } = watch(`conditions.${index}`);
  const errors = formState.errors.conditions?.[index];
  const touched = formState.touchedFields.conditions?.[index];
  // What nobody came to yet is not wrong.
  const shown = (['field', 'value', 'from', 'to'] as const).filter(
    (name) => errors?.[name] && (formState.isSubmitted || touched?.[name]),
  );
  const error = shown[0] && errors?.[shown[0]]?.message;
  const number = { index: index + 1 };
  const place = operator.startsWith('changed') ? `changes.${field.trim()}` : field.trim();
  const known = seen.find((one) => one.field === place);
  const described = { 'aria-describedby': error ? id : undefined };
  const ofValue = { index, known, shown, ...described };
  return (
    <fieldset className="flex min-w-0 flex-col gap-1.5">
      <legend className="sr-only">{t('condition', number)}</legend>
      <div className="grid grid-cols-[minmax(0,1fr)_auto] gap-2 sm:grid-cols-[minmax(0,4fr)_minmax(0,3fr)_minmax(0,5fr)_auto]">
        <Input
          aria-label={t('conditionField', number)}
          aria-invalid={shown.includes('field') || undefined}
          {...described}
          list={fieldsId}
          placeholder="statut"
          autoComplete="off"
          spellCheck={false}
          className="font-mono text-xs"
          {...register(`conditions.${index}.field`)}
        />
        <Controller
          control={control}
          name={`conditions.${index}.operator`}
          render={({ field: { value, onChange } }) => (
            <Select
              aria-label={t('conditionOperator', number)}
              value={value}
              onValueChange={onChange}
              options={operators.map((one) => ({ value: one, label: words(one) }))}
              className="max-sm:order-last max-sm:col-span-2"
            />
          )}
        />
        <div className="flex min-w-0 items-center gap-2 max-sm:order-last max-sm:col-span-2 max-sm:empty:hidden">
          {conditionOperators[operator] === 'change' ? (
            <>
              <ConditionValue
                {...ofValue}
                side="from"
                label={t('conditionFrom', number)}
                placeholder={t('conditionAny')}
              />
              <span aria-hidden className="text-muted text-sm">
                →
              </span>
              <ConditionValue
                {...ofValue}
                side="to"
                label={t('conditionTo', number)}
                placeholder={t('conditionAny')}
              />
            </>
          ) : (
            conditionOperators[operator] !== 'none' && (
              <ConditionValue {...ofValue} side="value" label={t('conditionValue', number)} />
            )
          )}
        </div>
        <Button variant="ghost" size="icon" aria-label={t('conditionRemove', number)} onClick={onRemove}>
          <X aria-hidden />
        </Button>
      </div>
      <FieldError id={id} error={error} />
      {!error && unseen.includes(field.trim()) && (
        <p className="text-warning-ink text-xs">{t('conditionUnseen', { field: place })}</p>
      )}
    </fieldset>
  );
}
