'use client';

import { useTranslations } from 'next-intl';
import { useFormContext } from 'react-hook-form';
import { Link } from '@/components/ui/Link';
import { FormFailure } from '../../shell/FormFailure';
import { Button } from '../../ui/Button';
import { ChangedMark } from '../../ui/ChangedMark';
import type { WebhookFormValues } from './webhookFormValues';

type SaveBarProps = { submitLabel: string; failure: unknown; creating: boolean };

/** Stays in view at the foot of the form: what is wrong, what is unsaved, and the button. */
export function SaveBar({ submitLabel, failure, creating }: SaveBarProps) {
  const t = useTranslations('webhooks.form');
  const common = useTranslations('common');
  const { formState, reset } = useFormContext<WebhookFormValues>();
  const wrong = Object.keys(formState.errors).length;
  return (
    <div className="sticky bottom-0 z-20 flex flex-col gap-3 border-t bg-surface/92 py-3 backdrop-blur max-md:-mx-4 max-md:px-4">
      <FormFailure error={failure} creates={creating} />
      <div className="flex flex-wrap items-center justify-end gap-2">
        <p aria-live="polite" className="mr-auto text-muted text-sm">
          {formState.isSubmitted && wrong > 0 ? (
            <span className="text-danger-ink">{t('errorCount', { count: wrong })}</span>
          ) : formState.isDirty ? (
            <ChangedMark>{t('unsaved')}</ChangedMark>
          ) : null}
        </p>
        {creating ? (
          <Button asChild variant="ghost">
            <Link href="/webhooks">{common('cancel')}</Link>
          </Button>
        ) : (
          formState.isDirty && (
            <Button variant="ghost" onClick={() => reset()}>
              {t('discard')}
            </Button>
          )
        )}
        <Button type="submit" variant="primary" loading={formState.isSubmitting}>
          {submitLabel}
        </Button>
      </div>
    </div>
  );
}
