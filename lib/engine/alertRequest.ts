import type { AlertLocale } from '@/lib/domain/alert';
import { alertBody, alertMail } from '@/lib/domain/alertBody';
import { alertMessage } from '@/lib/domain/alertMessage';
import type { AttemptOutcome } from '@/lib/domain/attemptOutcome';
import { env } from '@/lib/env';
import { sendMail } from '@/lib/sender/sendMail';
import type { ClaimedEvent, ClaimedItem, ClaimedWebhook } from '@/lib/store/claimSchema';
import type { Request } from './states';

/** What an alert sends in place of the event: a chat's body, or an e-mail, which goes another way. */
export type AlertRequest =
  | { kind: 'chat'; body: string }
  | { kind: 'mail'; request: Request; send: (timeoutMs: number) => Promise<AttemptOutcome> };

/** Null: the event goes as it is, as it does to any webhook. @throws when the payload is none of ours */
export function alertRequest(
  { alert, url }: ClaimedWebhook,
  event: ClaimedEvent,
  item: ClaimedItem,
): AlertRequest | null {
  if (!alert || alert.channel === 'webhook') return null;
  const { channel, locale, emails } = alert;
  const message = alertMessage(event.event_type, JSON.parse(event.payload), {
    locale,
    console: env().WEBHOOKS_CONSOLE_URL,
  });
  if (channel !== 'email') return { kind: 'chat', body: alertBody(channel, message, locale) };
  const mail = mailOf(message, locale, item);
  return {
    kind: 'mail',
    request: { url, headers: { subject: mail.subject }, body: mail.text, transformed: true },
    send: async (timeoutMs) => {
      const { SMTP_URL, SMTP_FROM } = env();
      if (SMTP_URL)
        return await sendMail({ to: emails, ...mail }, { url: SMTP_URL, from: SMTP_FROM }, timeoutMs);
      return { kind: 'error', errorKind: 'smtp_unset', message: 'SMTP_URL is not set.', durationMs: 0 };
    },
  };
}

const mailOf = (message: ReturnType<typeof alertMessage>, locale: AlertLocale, item: ClaimedItem) => ({
  ...alertMail(message, locale),
  messageId: `<${item.id}@devlink-webhooks>`,
});
