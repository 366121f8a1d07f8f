'use client';

import { useTranslations } from 'next-intl';
import { useFormContext } from 'react-hook-form';
import { Field, FieldError } from '../../ui/Field';
import { SegmentedControl } from '../../ui/SegmentedControl';
import { Textarea } from '../../ui/Textarea';
import { FormSection } from './FormSection';
import { HeaderRows } from './HeaderRows';
import { filledRows, type WebhookFormValues } from './webhookFormValues';

/** Custom headers as rows or as JSON; changing the view carries the content over. */
export function HeaderFields() {
  const t = useTranslations('webhooks.form');
  const { register, formState, watch, setValue, getValues, trigger } = useFormContext<WebhookFormValues>();
  const json = watch('headers_json');
  const error = formState.errors.headers_json?.message;
  const change = { shouldDirty: true } as const;
  const showJson = () => {
    setValue('headers_json', toHeadersJson(filledRows(getValues('headers'))));
    void trigger('headers_json');
  };
  const showRows = async () => {
    const { parseHeadersJson } = await import('@/lib/domain/customHeaders');
    const parsed = parseHeadersJson(getValues('headers_json') ?? '');
    if (!parsed.ok) return void trigger('headers_json');
    const rows = Object.entries(parsed.headers).map(([name, value]) => ({ name, value }));
    setValue('headers', rows, change);
    setValue('headers_json', null);
    void trigger('headers_json');
  };
  return (
    <FormSection title={t('headers')} hint={t('headersHint')}>
      <SegmentedControl
        aria-label={t('headersMode')}
        className="self-start"
        value={json === null ? 'rows' : 'json'}
        onValueChange={(mode) => void (mode === 'json' ? showJson() : showRows())}
        options={[
          { value: 'rows', label: t('headersRows') },
          { value: 'json', label: t('headersJson') },
        ]}
      />
      {json === null ? (
        <div className="flex flex-col gap-2">
          <HeaderRows />
          <FieldError error={error} />
        </div>
      ) : (
        <Field label={t('headersJsonLabel')} error={error}>
          <Textarea
            rows={6}
            spellCheck={false}
            placeholder={'{\n  "Authorization": "Bearer …"\n}'}
            className="font-mono text-xs leading-5"
            {...register('headers_json')}
          />
        </Field>
      )}
    </FormSection>
  );
}

/** Line by line, so that a name that occurs twice, or is missing, is still there to be mended. */
function toHeadersJson(rows: WebhookFormValues['headers']): string {
  if (rows.length === 0) return '';
  const lines = rows.map((row) => `  ${JSON.stringify(row.name.trim())}: ${JSON.stringify(row.value)}`);
  return `{\n${lines.join(',\n')}\n}`;
}
