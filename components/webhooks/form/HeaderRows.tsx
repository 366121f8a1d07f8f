'use client';

import { Plus, X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useId } from 'react';
import { useFieldArray, useFormContext } from 'react-hook-form';
import { Button } from '../../ui/Button';
import { FieldError } from '../../ui/Field';
import { Input } from '../../ui/Input';
import type { WebhookFormValues } from './webhookFormValues';

const mostHeaders = 20;

export function HeaderRows() {
  const t = useTranslations('webhooks.form');
  const { control } = useFormContext<WebhookFormValues>();
  const rows = useFieldArray({ control, name: 'headers' });
  return (
    <div className="flex flex-col gap-2">
      {rows.fields.length === 0 && <p className="text-muted text-sm">{t('headerEmpty')}</p>}
      {rows.fields.map((row, index) => (
        <HeaderRowFields key={row.id} index={index} onRemove={() => rows.remove(index)} />
      ))}
      <Button
        size="sm"
        className="self-start"
        disabled={rows.fields.length >= mostHeaders}
        onClick={() => rows.append({ name: '', value: '' })}
      >
        <Plus aria-hidden />
        {t('headerAdd')}
      </Button>
    </div>
  );
}

function HeaderRowFields({ index, onRemove }: { index: number; onRemove: () => void }) {
  const t = useTranslations('webhooks.form');
  const id = useId();
  const { register, formState } = useFormContext<WebhookFormValues>();
  const errors = formState.errors.headers?.[index];
  const error = errors?.name?.message ?? errors?.value?.message;
  const number = { index: index + 1 };
  return (
    <div className="flex flex-col gap-1.5">
      <div className="grid grid-cols-[minmax(0,1fr)_auto] gap-2 sm:grid-cols-[minmax(0,2fr)_minmax(0,3fr)_auto]">
        <Input
          aria-label={t('headerName', number)}
          aria-invalid={errors?.name ? true : undefined}
          aria-describedby={error ? id : undefined}
          placeholder="X-Custom-Header"
          autoComplete="off"
          spellCheck={false}
          className="font-mono text-xs"
          {...register(`headers.${index}.name`)}
        />
        <Input
          aria-label={t('headerValue', number)}
          aria-invalid={errors?.value ? true : undefined}
          aria-describedby={error ? id : undefined}
          placeholder="value"
          autoComplete="off"
          spellCheck={false}
          className="font-mono text-xs max-sm:order-last max-sm:col-span-2"
          {...register(`headers.${index}.value`)}
        />
        <Button variant="ghost" size="icon" aria-label={t('headerRemove', number)} onClick={onRemove}>
          <X aria-hidden />
        </Button>
      </div>
      <FieldError id={id} error={error} />
    </div>
  );
}
