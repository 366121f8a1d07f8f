import type { RefObject } from 'react';
import type { UseFormReturn } from 'react-hook-form';
import type { Webhook, WebhookInput } from '@/lib/domain/webhook';
import type { Draft } from '../../shell/drafts';
import { useFormDraft } from '../../shell/useFormDraft';
import { toCondition } from './conditionValues';
import type { WebhookFormValues } from './webhookFormValues';

type Form = UseFormReturn<WebhookFormValues, unknown, WebhookInput>;
type Values = Partial<WebhookFormValues>;

/**
 * The draft of a webhook's settings. Values of headers, which are secrets often enough, are not kept: names are.
 * @param base what the fields started from: a draft that is taken up started from what was stored then, so that saving it
 *   over what somebody else saved since is asked about
 */
export function useWebhookDraft(
  form: Form,
  webhook: Webhook | undefined,
  base: RefObject<Webhook | undefined>,
  name = 'new',
) {
  return useFormDraft(form, `webhook ${webhook?.id ?? name}`, {
    version: webhook?.version ?? null,
    strip: ({ headers_json: _secret, ...values }: Values) =>
      values.headers ? { ...values, headers: values.headers.map((row) => ({ ...row, value: '' })) } : values,
    complete: (values: Values) => {
      if (!values.headers) return values;
      const known = new Map(form.getValues('headers').map((row) => [row.name, row.value]));
      return {
        ...values,
        headers: values.headers.map((row) => ({ ...row, value: known.get(row.name) ?? '' })),
      };
    },
    onTake: (draft) => {
      if (webhook && draft.version !== webhook.version) base.current = stored(webhook, draft);
    },
  });
}

/** The webhook as it was when the draft was typed, as far as the draft goes. */
function stored(webhook: Webhook, { base, version }: Draft): Webhook {
  const { timeout_seconds, headers, conditions, ...settings } = base as Values;
  return {
    ...webhook,
    ...settings,
    ...(conditions ? { conditions: conditions.map(toCondition) } : {}),
    ...(timeout_seconds === undefined ? {} : { timeout_ms: timeout_seconds * 1000 }),
    ...(headers ? { headers: Object.fromEntries(headers.map(({ name, value }) => [name, value])) } : {}),
    version: version ?? webhook.version,
  };
}
