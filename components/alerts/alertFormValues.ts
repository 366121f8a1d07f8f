import { z } from 'zod';
import {
  type Alert,
  type AlertInput,
  type AlertPatch,
  alertChannels,
  alertEvents,
  alertLocales,
} from '@/lib/domain/alert';
import { givenText } from '@/lib/domain/givenText';

const emailsOf = (text: string) => text.split(/[\s,;]+/).filter((email) => email !== '');

/**
 * What the form holds of an alert. What a URL may be is a setting of the installation: the server says it.
 * @param keepsUrl an address that is kept is not shown: left empty, it stays
 */
export const alertFormSchema = (keepsUrl: boolean) =>
  z
    .object({
      name: givenText('alert_name_required').trim().min(1, 'alert_name_required').max(120, 'name_too_long'),
      channel: z.enum(alertChannels),
      url: z.string().trim(),
      emails: z.string(),
      locale: z.enum(alertLocales),
      every: z.boolean(),
      webhook_ids: z.array(z.string()),
      events: z.array(z.enum(alertEvents)).min(1, 'events_required'),
    })
    .superRefine(({ channel, url, emails, every, webhook_ids }, { addIssue }) => {
      const given = emailsOf(emails);
      if (
        channel === 'email' &&
        (given.length === 0 || given.some((email) => !z.email().safeParse(email).success))
      )
        addIssue({ code: 'custom', path: ['emails'], message: 'email_invalid' });
      if (channel !== 'email' && url === '' && !keepsUrl)
        addIssue({ code: 'custom', path: ['url'], message: 'url_required' });
      if (!every && webhook_ids.length === 0)
        addIssue({ code: 'custom', path: ['webhook_ids'], message: 'webhooks_required' });
    });
export type AlertFormValues = z.output<ReturnType<typeof alertFormSchema>>;

/** @param locale the person's own language */
export const formValuesOf = (alert: Alert | undefined, locale: 'fr' | 'en'): AlertFormValues => ({
  name: alert?.name ?? '',
  channel: alert?.channel ?? 'email',
  url: '',
  emails: alert?.emails.join(', ') ?? '',
  locale: alert?.locale ?? locale,
  every: !alert?.webhook_ids,
  webhook_ids: alert?.webhook_ids ?? [],
  events: alert?.events ?? [...alertEvents],
});

const common = ({ name, locale, every, webhook_ids, events }: AlertFormValues) => ({
  name,
  locale,
  events,
  webhook_ids: every ? null : webhook_ids,
});

export const alertInputOf = (values: AlertFormValues): AlertInput => ({
  ...common(values),
  channel: values.channel,
  status: 'active',
  ...(values.channel === 'email' ? { emails: emailsOf(values.emails) } : { url: values.url }),
});

export const alertPatchOf = (values: AlertFormValues): AlertPatch => ({
  ...common(values),
  ...(values.channel === 'email'
    ? { emails: emailsOf(values.emails) }
    : values.url !== '' && { url: values.url }),
});
