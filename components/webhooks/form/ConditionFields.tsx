'use client';

import { Plus } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useId } from 'react';
import { useFieldArray, useFormContext } from 'react-hook-form';
import { maxConditions } from '@/lib/domain/conditionOperators';
import { Button } from '../../ui/Button';
import { ConditionPreview } from './ConditionPreview';
import { ConditionRowFields } from './ConditionRowFields';
import { emptyCondition } from './conditionValues';
import { FormSection } from './FormSection';
import { useConditionPreview } from './useConditionPreview';
import type { WebhookFormValues } from './webhookFormValues';

/** What must hold of an event's data, row by row, and what that would have meant for the last events. */
export function ConditionFields() {
  const t = useTranslations('webhooks.form');
  const { control } = useFormContext<WebhookFormValues>();
  const rows = useFieldArray({ control, name: 'conditions' });
  const preview = useConditionPreview();
  const seen = preview.data?.fields ?? [];
  const id = useId();
  return (
    <FormSection title={t('conditions')} hint={t('conditionsHint')}>
      <div className="flex flex-col gap-3">
        {rows.fields.length === 0 && <p className="text-muted text-sm">{t('conditionsNone')}</p>}
        {rows.fields.map((row, index) => (
          <ConditionRowFields
            key={row.id}
            index={index}
            seen={seen}
            fieldsId={id}
            unseen={preview.data?.events.length ? preview.data.unseen_fields : []}
            onRemove={() => rows.remove(index)}
          />
        ))}
        <datalist id={id}>
          {seen.map(({ field }) => (
            <option key={field} value={field} />
          ))}
        </datalist>
        <Button
          size="sm"
          className="self-start"
          disabled={rows.fields.length >= maxConditions}
          onClick={() => rows.append(emptyCondition)}
        >
          <Plus aria-hidden />
          {t('conditionAdd')}
        </Button>
      </div>
      {rows.fields.length > 0 && <ConditionPreview preview={preview} />}
    </FormSection>
  );
}
