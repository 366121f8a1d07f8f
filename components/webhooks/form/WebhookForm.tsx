'use client';

import { ChevronRight } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { type FormEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { Controller, FormProvider, useForm } from 'react-hook-form';
import { WebhookError } from '@/lib/domain/errors';
import type { UrlPolicy } from '@/lib/domain/targetUrl';
import type { Webhook, WebhookInput } from '@/lib/domain/webhook';
import { DraftOffer } from '../../shell/DraftOffer';
import { LeaveGuard } from '../../shell/LeaveGuard';
import { useFieldErrorText } from '../../shell/useFieldErrorText';
import { useSaveKey } from '../../shell/useSaveKey';
import { cn } from '../../ui/cn';
import { ConditionFields } from './ConditionFields';
import { DestinationFields } from './DestinationFields';
import { EventTree } from './EventTree';
import { FormSection } from './FormSection';
import { fetchedOnce } from './fetchedOnce';
import { HeaderFields } from './HeaderFields';
import { RecordFields } from './RecordFields';
import { RetryFields } from './RetryFields';
import { SaveBar } from './SaveBar';
import { SendingFields } from './SendingFields';
import { TransformFields } from './TransformFields';
import { TransformLink } from './TransformLink';
import { useWebhookDraft } from './useWebhookDraft';
import { formPath, toFormValues, type WebhookFormValues } from './webhookFormValues';

type WebhookFormProps = {
  policy: UrlPolicy;
  /** What the fields start from, while creating. */
  initial?: Partial<Webhook>;
  /** The webhook being edited; undefined while creating. As long as nothing is changed, the fields follow it. */
  webhook?: Webhook;
  /** Names what is typed into the form of a new webhook, for a draft. */
  draftName?: string;
  submitLabel: string;
  /**
   * Saves; what it throws is shown, and the form keeps what was typed. Returns what is now stored.
   * @param base what the fields started from, where a webhook is edited
   */
  onSubmit: (input: WebhookInput, base: Webhook | undefined) => Promise<Webhook>;
};

/** Every setting of a webhook, checked by the schema of the API as it is typed. */
export function WebhookForm({
  policy,
  initial,
  webhook,
  draftName,
  submitLabel,
  onSubmit,
}: WebhookFormProps) {
  const t = useTranslations('webhooks.form');
  const advancedId = useId();
  const word = useFieldErrorText();
  const [advanced, setAdvanced] = useState(webhook !== undefined);
  const [failure, setFailure] = useState<unknown>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `word` is new at each render, its words are not
  const check = useMemo(
    () => fetchedOnce(async () => (await import('./webhookFormCheck')).webhookFormResolver(policy, word)),
    [policy],
  );
  const form = useForm<WebhookFormValues, unknown, WebhookInput>({
    resolver: async (...input) => (await check())(...input),
    defaultValues: toFormValues(webhook ?? initial),
    mode: 'onTouched',
    shouldFocusError: false,
  });
  const { isDirty, isSubmitting } = form.formState;
  const element = useRef<HTMLFormElement>(null);
  const base = useRef(webhook);
  useEffect(() => {
    if (isDirty || isSubmitting || !webhook || webhook.version === base.current?.version) return;
    base.current = webhook;
    form.reset(toFormValues(webhook));
  }, [webhook, isDirty, isSubmitting, form]);
  const draft = useWebhookDraft(form, webhook, base, draftName);
  useSaveKey(() => !isSubmitting && element.current?.requestSubmit());

  const takeDraft = () => {
    setAdvanced(true);
    draft.take();
  };
  const showErrors = () => {
    setAdvanced(true);
    // The fields have to be drawn before one can take the focus.
    setTimeout(() => {
      document.querySelector<HTMLElement>('form [aria-invalid="true"]')?.focus();
      document.querySelector('form [data-field-error]')?.scrollIntoView({ block: 'center' });
    });
  };
  const save = async (input: WebhookInput) => {
    setFailure(null);
    try {
      const stored = await onSubmit(input, base.current);
      base.current = webhook && stored;
      form.reset(toFormValues(stored));
    } catch (error) {
      setFailure(error);
      const refused = error instanceof WebhookError ? error.errors : [];
      for (const field of refused) {
        const path = formPath(field, form.getValues()) as keyof WebhookFormValues;
        form.setError(path, { type: 'server', message: word(field) });
      }
      if (refused.length > 0) showErrors();
    }
  };
  const submit = (event: FormEvent) => form.handleSubmit(save, showErrors)(event).catch(setFailure);
  return (
    <FormProvider {...form}>
      <LeaveGuard changed={isDirty} onLeave={draft.forget} />
      <DraftOffer {...draft} onTake={takeDraft} onRefuse={draft.forget} className="mb-7">
        {draft.offer && 'headers' in draft.offer.values && t('draftHeaders')}
      </DraftOffer>
      <form ref={element} noValidate onFocus={check.ahead} onSubmit={submit} className="flex flex-col">
        <DestinationFields policy={policy} />
        <FormSection title={t('events')} hint={t('eventsHint')}>
          <Controller
            control={form.control}
            name="events"
            render={({ field, fieldState }) => (
              <EventTree
                value={field.value}
                error={fieldState.error?.message}
                onChange={(events) => {
                  field.onChange(events);
                  if (form.formState.isSubmitted || fieldState.error) void form.trigger('events');
                }}
              />
            )}
          />
        </FormSection>
        <ConditionFields />
        {webhook === undefined && (
          <div className="border-t py-4">
            <button
              type="button"
              aria-expanded={advanced}
              aria-controls={advancedId}
              onClick={() => setAdvanced(!advanced)}
              className="flex w-full items-center gap-3 rounded-lg px-1 py-2 text-left"
            >
              <ChevronRight
                aria-hidden
                className={cn('size-4 shrink-0 text-muted transition-transform', advanced && 'rotate-90')}
              />
              <span className="flex flex-col">
                <span className="font-semibold text-base">{t('advanced')}</span>
                <span className="text-muted text-sm">{t('advancedHint')}</span>
              </span>
            </button>
          </div>
        )}
        <div
          id={advancedId}
          hidden={!advanced}
          className={webhook === undefined ? undefined : 'border-t pt-7'}
        >
          {webhook ? <TransformLink webhookId={webhook.id} /> : <TransformFields />}
          <RetryFields />
          <HeaderFields />
          <SendingFields />
          <RecordFields />
        </div>
        <SaveBar submitLabel={submitLabel} failure={failure} creating={webhook === undefined} />
      </form>
    </FormProvider>
  );
}
