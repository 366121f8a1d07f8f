import type { z } from 'zod';
import type { AlertLocale } from './alert';
import { eventSchemas } from './eventSchemas';

/** What somebody is told, in their language: the same facts, whatever the channel. */
export type AlertMessage = {
  tone: 'bad' | 'good' | 'plain';
  title: string;
  facts: { label: string; value: string }[];
  /** Where the console shows it; null where nobody said where the console is. */
  link: string | null;
};

type Failing = z.infer<(typeof eventSchemas)['webhook.failing']>;
type Exhausted = z.infer<(typeof eventSchemas)['delivery.exhausted']>;
type Recovered = z.infer<(typeof eventSchemas)['webhook.recovered']>;
type Disabled = z.infer<(typeof eventSchemas)['webhook.disabled']>;

const texts = {
  fr: {
    paused: (name: string) => `${name}\u202f: plus rien n’arrive au récepteur`,
    rate: (name: string, rate: string) => `${name}\u202f: ${rate} des livraisons de 24 h aboutissent`,
    exhausted: (name: string) => `${name}\u202f: une livraison est abandonnée`,
    recovered: (name: string) => `${name}\u202f: rétabli`,
    disabled: (name: string) => `${name}\u202f: webhook désactivé`,
    reasons: { gone: 'Le récepteur a répondu 410.', failing: 'Tout a échoué pendant 5 jours.' },
    unknown: (type: string) => `Message d’essai (${type})`,
    since: 'Depuis',
    lasted: 'Durée',
    record: 'Fiche',
    event: 'Événement',
    attempt: 'Dernière tentative',
    cause: 'Cause',
    cure: 'À faire',
    waiting: 'En attente',
    at: 'Le',
    colon: '\u202f: ',
    open: 'Ouvrir dans la console',
    duration: { d: 'j', h: 'h', min: 'min', s: 's' },
  },
  en: {
    paused: (name: string) => `${name}: nothing gets through to the receiver`,
    rate: (name: string, rate: string) => `${name}: ${rate} of the deliveries of 24 h arrive`,
    exhausted: (name: string) => `${name}: a delivery was given up`,
    recovered: (name: string) => `${name}: recovered`,
    disabled: (name: string) => `${name}: webhook disabled`,
    reasons: { gone: 'The receiver answered 410.', failing: 'Everything failed for 5 days.' },
    unknown: (type: string) => `Test message (${type})`,
    since: 'Since',
    lasted: 'Lasted',
    record: 'Record',
    event: 'Event',
    attempt: 'Last attempt',
    cause: 'Cause',
    cure: 'Fix',
    waiting: 'Waiting',
    at: 'At',
    colon: ': ',
    open: 'Open in the console',
    duration: { d: 'd', h: 'h', min: 'min', s: 's' },
  },
} as const;

/** The words around a message: what stands between a label and its value, and on the link. */
export const alertWords = (locale: AlertLocale) => texts[locale];

/**
 * What an event of the system's own says to people.
 * @param console where the console is, such as https://webhooks.example.com
 */
export function alertMessage(
  eventType: string,
  payload: unknown,
  { locale, console }: { locale: AlertLocale; console: string | undefined },
): AlertMessage {
  const said = messageOf(eventType, payload, locale);
  const { path, facts, ...message } = said;
  return {
    ...message,
    facts: facts.flatMap(([label, value]) =>
      value === null || value === '' ? [] : [{ label: texts[locale][label], value: String(value) }],
    ),
    link: path === null || !console ? null : console.replace(/\/+$/, '') + path,
  };
}

type Label = 'since' | 'lasted' | 'record' | 'event' | 'attempt' | 'cause' | 'cure' | 'waiting' | 'at';
type Said = {
  tone: AlertMessage['tone'];
  title: string;
  facts: [label: Label, value: string | number | null][];
  path: string | null;
};

function messageOf(eventType: string, payload: unknown, locale: AlertLocale): Said {
  switch (eventType) {
    case 'webhook.failing': {
      const read = eventSchemas[eventType].safeParse(payload);
      if (read.success) return failing(read.data, locale);
      break;
    }
    case 'delivery.exhausted': {
      const read = eventSchemas[eventType].safeParse(payload);
      if (read.success) return exhausted(read.data, locale);
      break;
    }
    case 'webhook.recovered': {
      const read = eventSchemas[eventType].safeParse(payload);
      if (read.success) return recovered(read.data, locale);
      break;
    }
    case 'webhook.disabled': {
      const read = eventSchemas[eventType].safeParse(payload);
      if (read.success) return disabled(read.data, locale);
      break;
    }
  }
  // Such as one whose record has been erased since.
  return { tone: 'plain', title: texts[locale].unknown(eventType), facts: [], path: null };
}

function failing(
  { name, reason, since, success_rate, waiting, delivery, link }: Failing,
  locale: AlertLocale,
): Said {
  const t = texts[locale];
  const rate = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).format(
    success_rate ?? 0,
  );
  return {
    tone: 'bad',
    title: reason === 'paused' ? t.paused(name) : t.rate(name, rate),
    facts: [
      ['record', delivery.record_id],
      ['event', delivery.event.type],
      ...failureFacts(delivery, locale),
      ['since', timeIn(locale, since)],
      ['waiting', waiting],
    ],
    path: link,
  };
}

function exhausted(told: Exhausted, locale: AlertLocale): Said {
  return {
    tone: 'bad',
    title: texts[locale].exhausted(told.webhook.name),
    facts: [
      ['record', told.record_label ?? told.id],
      ['event', told.event.type],
      ...failureFacts(told, locale),
      ['since', timeIn(locale, told.since)],
      ['waiting', told.waiting],
    ],
    path: told.link,
  };
}

function recovered({ name, lasted_seconds, since, waiting, link }: Recovered, locale: AlertLocale): Said {
  return {
    tone: 'good',
    title: texts[locale].recovered(name),
    facts: [
      ['lasted', durationIn(locale, lasted_seconds)],
      ['since', timeIn(locale, since)],
      ['waiting', waiting],
    ],
    path: link,
  };
}

function disabled({ id, name, reason, disabled_at }: Disabled, locale: AlertLocale): Said {
  return {
    tone: 'bad',
    title: texts[locale].disabled(name),
    facts: [
      ['cause', texts[locale].reasons[reason]],
      ['at', timeIn(locale, disabled_at)],
    ],
    path: `/webhooks/${id}`,
  };
}

function failureFacts(
  { title, cause, cure, last_attempt }: Pick<Exhausted, 'title' | 'cause' | 'cure' | 'last_attempt'>,
  locale: AlertLocale,
): Said['facts'] {
  const why = [title?.[locale], cause?.[locale]].filter((text) => text !== undefined).join('. ');
  return [
    ['attempt', last_attempt?.error_message ?? null],
    ['cause', why],
    ['cure', cure?.[locale] ?? null],
  ];
}

/** In UTC: nobody knows where the reader is. */
const timeIn = (locale: AlertLocale, at: string) =>
  `${new Intl.DateTimeFormat(locale === 'fr' ? 'fr-FR' : 'en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }).format(new Date(at))} UTC`;

function durationIn(locale: AlertLocale, seconds: number): string {
  const { d, h, min, s } = texts[locale].duration;
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), d],
    [Math.floor(seconds / 3600) % 24, h],
    [Math.floor(seconds / 60) % 60, min],
    [Math.floor(seconds) % 60, s],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  // The two largest units say enough.
  const shown = first < 0 ? parts.slice(-1) : parts.slice(first, first + 2).filter(([count]) => count > 0);
  return shown.map(([count, unit]) => `${count}\u202f${unit}`).join(' ');
}
