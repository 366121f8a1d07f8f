import type { AlertChannel, AlertLocale } from './alert';
import { type AlertMessage, alertWords } from './alertMessage';

type Chat = Exclude<AlertChannel, 'email' | 'webhook'>;
type Body = (message: AlertMessage, locale: AlertLocale) => unknown;

const emoji = { bad: '🔴', good: '🟢', plain: 'ℹ️' } as const;
const discordColours = { bad: 0xd32f2f, good: 0x2e7d32, plain: 0x607d8b } as const;

/* Names and records are anybody's text: no chat may take a part of one for a mention, a link or a mark. */
const forSlack = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const forMarkdown = (text: string) => text.replace(/[\\`*_{}[\]()#+!|<>~@-]/g, '\\$&');
const forGoogle = (text: string) =>
  text
    .replaceAll('<', '‹')
    .replaceAll('>', '›')
    .replace(/[*_~`]/g, ' ');

const factLines = ({ facts }: AlertMessage, locale: AlertLocale, written: (text: string) => string) =>
  facts.map(({ label, value }) => `${label}${alertWords(locale).colon}${written(value)}`);

const bodies: Record<Chat, Body> = {
  // https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
  slack: (message, locale) => {
    const title = `${emoji[message.tone]} ${message.title}`;
    const facts = factLines(message, locale, forSlack).join('\n').slice(0, 2900);
    const link = message.link && `<${message.link}|${alertWords(locale).open}>`;
    return {
      text: forSlack(title),
      blocks: [
        { type: 'header', text: { type: 'plain_text', text: title.slice(0, 150) } },
        ...[facts, link].flatMap((text) =>
          text ? [{ type: 'section', text: { type: 'mrkdwn', text, verbatim: true } }] : [],
        ),
      ],
    };
  },
  // An Adaptive Card, as the workflow "When a Teams webhook request is received" takes it.
  teams: (message, locale) => ({
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          body: [
            {
              type: 'TextBlock',
              size: 'medium',
              weight: 'bolder',
              wrap: true,
              color: message.tone === 'bad' ? 'attention' : message.tone === 'good' ? 'good' : 'default',
              text: forMarkdown(message.title),
            },
            {
              type: 'FactSet',
              facts: message.facts.map(({ label, value }) => ({ title: label, value: forMarkdown(value) })),
            },
          ],
          actions: message.link
            ? [{ type: 'Action.OpenUrl', title: alertWords(locale).open, url: message.link }]
            : [],
        },
      },
    ],
  }),
  // https://discord.com/developers/docs/resources/webhook#execute-webhook
  discord: (message) => ({
    allowed_mentions: { parse: [] },
    embeds: [
      {
        title: forMarkdown(message.title).slice(0, 256),
        color: discordColours[message.tone],
        ...(message.link && { url: message.link }),
        fields: message.facts.map(({ label, value }) => ({
          name: label,
          value: forMarkdown(value).slice(0, 1024),
        })),
      },
    ],
  }),
  // https://developers.google.com/workspace/chat/quickstart/webhooks
  google_chat: (message, locale) => ({
    text: [
      `${emoji[message.tone]} *${forGoogle(message.title)}*`,
      ...factLines(message, locale, forGoogle),
      ...(message.link ? [`<${message.link}|${alertWords(locale).open}>`] : []),
    ].join('\n'),
  }),
};

/** The JSON that a chat's incoming webhook takes. */
export const alertBody = (channel: Chat, message: AlertMessage, locale: AlertLocale): string =>
  JSON.stringify(bodies[channel](message, locale));

/** A message as an e-mail: its subject, and its text with and without marks. */
export function alertMail(message: AlertMessage, locale: AlertLocale) {
  const words = alertWords(locale);
  const lines = factLines(message, locale, (text) => text);
  const rows = message.facts.map(
    ({ label, value }) =>
      `<tr><th align="left" valign="top" style="padding:4px 16px 4px 0;white-space:nowrap">${forHtml(label)}</th><td style="padding:4px 0">${forHtml(value)}</td></tr>`,
  );
  const link = message.link ? `<p><a href="${forHtml(message.link)}">${forHtml(words.open)}</a></p>` : '';
  return {
    subject: `${emoji[message.tone]} ${message.title}`.replace(/[\r\n]+/g, ' ').slice(0, 200),
    text: [
      message.title,
      '',
      ...lines,
      ...(message.link ? ['', `${words.open}${words.colon}${message.link}`] : []),
    ].join('\n'),
    html: `<!doctype html><html lang="${locale}"><body style="font:15px/1.5 system-ui,sans-serif;color:#1b1b1f"><h1 style="font-size:18px">${forHtml(message.title)}</h1><table cellspacing="0">${rows.join('')}</table>${link}</body></html>`,
  };
}

const forHtml = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
