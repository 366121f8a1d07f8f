'use client';

import { useTranslations } from 'next-intl';
import { useFormContext } from 'react-hook-form';
import type { UrlPolicy } from '@/lib/domain/targetUrl';
import { Field } from '../../ui/Field';
import { Input } from '../../ui/Input';
import { Textarea } from '../../ui/Textarea';
import { FormSection } from './FormSection';
import { UrlProbe } from './UrlProbe';
import type { WebhookFormValues } from './webhookFormValues';

/** Name, URL and description. */
export function DestinationFields({ policy }: { policy: UrlPolicy }) {
  const t = useTranslations('webhooks.form');
  const { register, formState, watch } = useFormContext<WebhookFormValues>();
  const { errors } = formState;
  const networks = policy.allowNetworks.join(', ');
  return (
    <FormSection title={t('basics')} hint={t('basicsHint')}>
      <Field label={t('name')} error={errors.name?.message} required>
        <Input placeholder={t('namePlaceholder')} autoComplete="off" {...register('name')} />
      </Field>
      <div className="flex flex-col gap-2">
        <Field
          label={t('url')}
          error={errors.url?.message}
          hint={networks ? t('urlHintOpen', { networks }) : t('urlHint')}
          required
        >
          <Input
            type="url"
            inputMode="url"
            placeholder={t('urlPlaceholder')}
            autoComplete="off"
            spellCheck={false}
            className="font-mono text-xs"
            {...register('url')}
          />
        </Field>
        <UrlProbe url={watch('url').trim()} valid={!errors.url} />
      </div>
      <Field label={t('description')} error={errors.description?.message} optional>
        <Textarea rows={2} placeholder={t('descriptionPlaceholder')} {...register('description')} />
      </Field>
    </FormSection>
  );
}
