import { z } from 'zod';
import { givenText } from './givenText';
import { isoTime } from './isoTime';
import { targetUrlSchema, type UrlPolicy } from './targetUrl';
import { webhookHealthSchema } from './webhook';

/** How somebody is told. `webhook`: the event as any webhook gets it; the chats get a message of their own shape. */
export const alertChannels = ['email', 'slack', 'teams', 'discord', 'google_chat', 'webhook'] as const;
export type AlertChannel = (typeof alertChannels)[number];

export const alertLocales = ['fr', 'en'] as const;
export type AlertLocale = (typeof alertLocales)[number];

/** Of what somebody may be told. That it is over is told to whoever was told that it began. */
export const alertEvents = ['webhook.failing', 'delivery.exhausted', 'webhook.disabled'] as const;
export type AlertEvent = (typeof alertEvents)[number];

/** What a webhook that alerts has besides the settings of others: column `alert` of `webhooks`. */
export const alertSettingsSchema = z.object({
  channel: z.enum(alertChannels),
  locale: z.enum(alertLocales),
  /** Of which webhooks; null: of all. */
  webhooks: z.array(z.string()).nullable(),
  /** Addresses, of the channel `email`. */
  emails: z.array(z.string()),
});
export type AlertSettings = z.infer<typeof alertSettingsSchema>;

const fields = (policy: UrlPolicy) => ({
  name: givenText('alert_name_required').trim().min(1, 'alert_name_required').max(120, 'name_too_long'),
  channel: z.enum(alertChannels),
  url: targetUrlSchema(policy),
  emails: z.array(z.email('email_invalid').max(254, 'text_too_long')).min(1, 'email_invalid').max(20),
  locale: z.enum(alertLocales),
  webhook_ids: z.array(z.uuid()).min(1).max(200).nullable(),
  events: z
    .array(z.enum(alertEvents), 'events_required')
    .min(1, 'events_required')
    .transform((events) => [...new Set(events)]),
  status: z.enum(['active', 'inactive']),
});

/** `POST /api/alerts`: `emails` of the channel `email`, `url` of the others. */
export function alertInputSchema(policy: UrlPolicy) {
  const field = fields(policy);
  return z
    .strictObject({
      ...field,
      url: field.url.optional(),
      emails: field.emails.optional(),
      locale: field.locale.default('fr'),
      webhook_ids: field.webhook_ids.default(null),
      events: field.events.default([...alertEvents]),
      status: field.status.default('active'),
    })
    .refine(({ channel, emails }) => (channel === 'email') === (emails !== undefined), {
      message: 'email_invalid',
      path: ['emails'],
    })
    .refine(({ channel, url }) => (channel === 'email') === (url === undefined), {
      message: 'url_required',
      path: ['url'],
    });
}
export type AlertInput = z.output<ReturnType<typeof alertInputSchema>>;

/** `PATCH /api/alerts/{id}`: any of the fields but the channel. */
export function alertPatchSchema(policy: UrlPolicy) {
  const { channel: _, ...changeable } = fields(policy);
  return z
    .strictObject(changeable)
    .partial()
    .refine((patch) => Object.keys(patch).length > 0, 'nothing_to_change');
}
export type AlertPatch = z.output<ReturnType<typeof alertPatchSchema>>;

/** An alert as people see it. */
export const alertSchema = z.object({
  id: z.string(),
  name: z.string(),
  channel: z.enum(alertChannels),
  /** The host alone: the rest of a chat's address is what opens it. Null: by e-mail. */
  url: z.string().nullable(),
  emails: z.array(z.string()),
  locale: z.enum(alertLocales),
  webhook_ids: z.array(z.string()).nullable(),
  events: z.array(z.enum(alertEvents)),
  status: z.enum(['active', 'inactive']),
  disabled_reason: z.enum(['gone', 'failing']).nullable(),
  created_at: isoTime,
  updated_at: isoTime,
  /** Null when the last message went out, or none was sent. */
  health: webhookHealthSchema.nullable(),
});
export type Alert = z.infer<typeof alertSchema>;

/** An address of which nothing but the host may be shown. */
export const maskedAlertUrl = (url: string): string => {
  const host = URL.parse(url);
  return host?.host ? `${host.protocol}//${host.host}/…` : 'mailto:…';
};
