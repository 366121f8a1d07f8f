import { NextIntlClientProvider } from 'next-intl';
import type { ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { FormProvider, useForm } from 'react-hook-form';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { DeliveryBadge } from '@/components/deliveries/detail/DeliveryBadge';
import { SchemaTree } from '@/components/events/SchemaTree';
import { schemaTree } from '@/components/events/schemaTree';
import { HealthReasonText } from '@/components/receivers/HealthReasonText';
import { RetryFields } from '@/components/webhooks/form/RetryFields';
import { toFormValues } from '@/components/webhooks/form/webhookFormValues';
import { Sparkline } from '@/components/webhooks/list/Sparkline';
import type { Delivery } from '@/lib/domain/delivery';
import { eventSchemas } from '@/lib/domain/eventSchemas';
import type { FailureSign, HealthReason } from '@/lib/domain/receiverHealth';
import common from '@/lib/i18n/messages/fr/common.json';
import deliveries from '@/lib/i18n/messages/fr/deliveries.json';
import events from '@/lib/i18n/messages/fr/events.json';
import webhooks from '@/lib/i18n/messages/fr/webhooks.json';

/*
 * What the console says, a test per kind of sentence: it follows from what is known, and nothing is said of what is not.
 */

const messages = { common, deliveries, events, webhooks };

/** What somebody reads of it, in French; thin spaces as spaces. */
function textOf(node: ReactNode): string {
  const markup = renderToStaticMarkup(
    <NextIntlClientProvider locale="fr" timeZone="Europe/Paris" messages={messages}>
      {node}
    </NextIntlClientProvider>,
  );
  const text = markup.replaceAll(/<[^>]+>/g, ' ').replaceAll(/&#x27;/g, "'");
  return text.replaceAll(/\s+/g, ' ').trim();
}

describe('a receiver that is not well', () => {
  const row = (sign: FailureSign): HealthReason => ({ kind: 'row', failures: 21, since: null, sign });
  it.each<[FailureSign, string]>([
    [{ kind: 'status', status: 500 }, 'Répond 500 : 21 échecs de suite'],
    [{ kind: 'status', status: 429 }, 'Répond 429 : 21 échecs de suite'],
    [{ kind: 'timeout' }, 'Répond trop tard : 21 échecs de suite'],
    [{ kind: 'unreachable' }, 'Injoignable : 21 échecs de suite'],
    [{ kind: 'unknown' }, '21 échecs de suite'],
  ])('is described by what it does: %j', (sign, text) => {
    expect(textOf(<HealthReasonText reason={row(sign)} />)).toBe(text);
  });
  it('is described by the rate of the day', () => {
    const reason: HealthReason = { kind: 'rate', share: 0.12, cause: 'refused' };
    expect(textOf(<HealthReasonText reason={reason} />)).toBe('Refuse 12 % des envois en 24 h');
  });
  it('is never said not to answer', () => {
    expect(webhooks.pause.title).not.toMatch(/ne répond plus/);
  });
});

describe('a delivery that waits', () => {
  const waiting = (waits_for: Delivery['waits_for'], next = '2020-01-01T00:00:00Z' as string | null) =>
    textOf(
      <DeliveryBadge delivery={{ status: 'pending', in_flight: false, next_attempt_at: next, waits_for }} />,
    );
  it.each<[Delivery['waits_for'], string | null, string]>([
    [null, '2020-01-01T00:00:00Z', 'En attente'],
    ['inactive', null, 'Webhook inactif'],
    ['cancellation', null, 'Annulation en cours'],
    ['pause', '2020-01-01T00:00:00Z', 'Récepteur en pause'],
    ['receiver', '2020-01-01T00:00:00Z', 'Le récepteur fait attendre'],
    ['rate', '2020-01-01T00:00:00Z', 'Attend son tour : débit atteint'],
    ['limit', '2020-01-01T00:00:00Z', 'Attend une place'],
  ])('says for what: %s', (waitsFor, next, text) => {
    expect(waiting(waitsFor, next)).toBe(text);
  });
  it('says until when, where that is known', () => {
    const soon = new Date(Date.now() + 3 * 60_000 + 500).toISOString();
    expect(waiting('pause', soon)).toMatch(/^Récepteur en pause, dans 3 (min|minutes)/);
  });
  it('counts down to its own time', () => {
    const delivery = { status: 'retrying' as const, in_flight: false, waits_for: 'time' as const };
    const soon = new Date(Date.now() + 12_500).toISOString(); // slow machines draw late
    expect(textOf(<DeliveryBadge delivery={{ ...delivery, next_attempt_at: soon }} />)).toMatch(
      /^nouvel essai dans \d+ s$/,
    );
  });
});

function Fields({ values }: { values: Parameters<typeof toFormValues>[0] }) {
  const form = useForm({ defaultValues: toFormValues(values) });
  return (
    <FormProvider {...form}>
      <RetryFields />
    </FormProvider>
  );
}

describe('the words for retries', () => {
  const said = (values: Parameters<typeof toFormValues>[0]) => textOf(<Fields values={values} />);
  it('are those of the settings', () => {
    expect(said({ max_retries: 3, retry_delay: 5 })).toContain(
      'Nouveaux essais après 5 s, 10 s, 20 s : 35 s en tout.',
    );
    expect(said({ retry_enabled: false })).toContain('Aucun nouvel essai : un échec est définitif.');
    expect(said({ max_retries: 0 })).toContain('Aucun nouvel essai : un échec est définitif.');
  });
  it.each([
    { max_retries: 99 },
    { max_retries: -1 },
    { max_retries: Number.NaN },
    { retry_delay: 0 },
    { retry_delay: 1.5 },
  ])('are not there while a field is none that could be saved: %j', (values) => {
    expect(said(values)).not.toMatch(/Nouveaux essais|Aucun nouvel essai/);
  });
});

describe('the fields of an event', () => {
  it('have their types in words, and say which may be null', () => {
    const fields = schemaTree(
      z.toJSONSchema(
        z.object({
          id: z.string(),
          lead_id: z.string().nullable(),
          count: z.int().nullable().optional(),
          any: z.unknown(),
          list: z.array(z.string()),
        }),
      ),
    );
    expect(fields.map(({ name, type, nullable }) => [name, type, nullable])).toEqual([
      ['id', 'string', false],
      ['lead_id', 'string', true],
      ['count', 'integer', true],
      ['any', 'any', false],
      ['list', 'array', false],
    ]);
    expect(textOf(<SchemaTree fields={fields} />)).toContain('lead_id texte ou rien (null)');
  });
  it.each(Object.entries(eventSchemas))('of %s name no type twice over', (_, schema) => {
    expect(textOf(<SchemaTree fields={schemaTree(z.toJSONSchema(schema, { io: 'input' }))} />)).not.toMatch(
      /stringnull|nullstring|\bundefined\b/,
    );
  });
});

it('a spark line counts deliveries: attempts that are tried again are in none', () => {
  const hour = new Date().toISOString();
  const text = textOf(<Sparkline stats={[{ hour, succeeded: 2, failed: 1, retried: 40 }]} />);
  expect(text).toContain('2 livraisons réussies, 1 échouée');
  expect(text).not.toContain('40');
});
