'use client';

import { useTranslations } from 'next-intl';
import { useId } from 'react';
import { useController, useFormContext } from 'react-hook-form';
import type { ConditionPreview, ConditionScalar } from '@/lib/domain/conditions';
import { Button } from '../../ui/Button';
import { Input } from '../../ui/Input';
import { otherType, typedValue } from './conditionValues';
import type { WebhookFormValues } from './webhookFormValues';

type ConditionValueProps = {
  index: number;
  side: 'value' | 'from' | 'to';
  label: string;
  placeholder?: string;
  /** The field in past events: its types, and values to choose from. */
  known: ConditionPreview['fields'][number] | undefined;
  /** The parts of the row whose errors are shown. */
  shown: readonly string[];
  'aria-describedby': string | undefined;
};

/** What a field is compared with. Digits may be a number or a text: which of them is shown, and can be changed. */
export function ConditionValue({ index, side, label, known, shown, ...input }: ConditionValueProps) {
  const t = useTranslations('webhooks.form');
  const id = useId();
  const { watch, trigger } = useFormContext<WebhookFormValues>();
  const operator = watch(`conditions.${index}.operator`);
  const { field, fieldState } = useController<WebhookFormValues, `conditions.${number}.value`>({
    name: `conditions.${index}.${side}` as `conditions.${number}.value`,
  });
  const { value, onChange, onBlur, ref } = field;
  const change = (to: ConditionScalar | undefined) => {
    onChange(to);
    // Not only once it is left: nothing may move under a click.
    if (fieldState.error) void trigger(`conditions.${index}`);
  };
  const other = operator === 'contains' || operator === 'begins_with' ? undefined : otherType(value);
  return (
    <div className="relative flex min-w-0 flex-1 items-center">
      <Input
        ref={ref}
        list={id}
        aria-label={label}
        aria-invalid={shown.includes(side) || undefined}
        autoComplete="off"
        spellCheck={false}
        className={other === undefined ? 'text-sm' : 'pr-18 text-sm'}
        value={value === undefined ? '' : String(value)}
        onChange={(event) => change(typedValue(event.target.value, operator, known?.types ?? []))}
        onBlur={onBlur}
        {...input}
      />
      <datalist id={id}>
        {known?.values.map((one) => (
          <option key={String(one)} value={String(one)} />
        ))}
      </datalist>
      {other !== undefined && (
        <Button
          variant="ghost"
          size="sm"
          className="absolute right-0.5 px-2"
          aria-label={t(typeof value === 'number' ? 'conditionAsText' : 'conditionAsNumber', { label })}
          onClick={() => change(other)}
        >
          {t(typeof value === 'number' ? 'conditionNumber' : 'conditionString')}
        </Button>
      )}
    </div>
  );
}
