import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { POST as preview } from '@/app/api/webhooks/conditions/preview/route';
import { POST as createWebhook } from '@/app/api/webhooks/route';
import type { ConditionOperator } from '@/lib/domain/conditionOperators';
import { type Condition, conditionsSchema } from '@/lib/domain/conditions';
import { meets } from '../support/conditionReference';
import { startTestStack, type TestStack } from '../support/database';
import { emptyTables } from '../support/emptyTables';
import { browser, call } from '../support/nextHeaders';
import { addWebhook, dataOf, queueDeliveries } from '../support/webhooks';

vi.mock('next/headers', () => import('../support/nextHeaders'));

/*
 * Conditions: what the code takes and what the database takes is the same, what is written past the API holds as well, and
 * what a payload does not meet makes no delivery.
 */

let stack: TestStack;
let asAdmin: { headers: { authorization: string } };
beforeAll(async () => {
  stack = await startTestStack();
  browser.jar.clear();
  asAdmin = { headers: { authorization: `Bearer ${await stack.accessToken('admin')}` } };
});
afterAll(() => stack.stop());
beforeEach(async () => {
  await emptyTables(stack.sql, 'webhook_queue, webhook_history, webhook_events, webhook_row_events');
  await stack.sql`delete from webhooks`;
});

const emit = async (payload: string, type = 'lead.created') => {
  const [row] = await stack.sql`select emit_webhook_event(${type}, ${payload}::text::json) as emitted`;
  return row?.emitted as { event_id: string; deliveries: number };
};
const leftOut = async (id: string) => {
  const [row] = await stack.sql`select left_out, deliveries from webhook_events where id = ${id}`;
  return row;
};
const post = (body: object, route = preview, address = '/api/webhooks/conditions/preview') =>
  call(route, address, { ...asAdmin, method: 'POST', body });

const names = fc.constantFrom('a', 'b', 'a.b', 'b.a', 'tags', 'x"y', "l'e", 'été', '$', 'a b');
const texts = fc.constantFrom(
  '',
  'x',
  'X',
  'été',
  'ÉTÉ d',
  '10',
  'a"\\b',
  '^x.*$',
  '[x]',
  '%',
  '😀',
  'é\u0001\n',
  '\ufffd',
);
const numbers = fc.constantFrom(0, -1, 1, 10, 1.5, -0.25, 1e15, Number.MAX_SAFE_INTEGER);
const scalars = fc.oneof(texts, numbers, fc.boolean(), fc.constant(null));
const operators = fc.constantFrom<ConditionOperator>(
  ...(['is', 'is_not', 'contains', 'begins_with', 'gt', 'gte', 'lt', 'lte'] as const),
  ...(['present', 'absent', 'changed', 'changed_from_to'] as const),
);
const changes = fc.record({ from: scalars, to: scalars }, { requiredKeys: [] });

describe('the rules in SQL and in the code', () => {
  it('take and refuse the same', async () => {
    const junk = fc.constantFrom<unknown[]>(
      [],
      {},
      'x'.repeat(200),
      'x'.repeat(201),
      '😀'.repeat(200),
      2 ** 53,
    );
    const fields = fc.oneof(
      names,
      fc.constantFrom(
        '',
        '.',
        'a.',
        '.a',
        'a..b',
        'x'.repeat(201),
        'a\nb',
        'a\u0085b',
        'a.b.c.d.e.f.g.h.i.j',
        'a.b.c.d.e.f.g.h.i.j.k',
      ),
      junk,
    );
    const condition = fc.record(
      {
        field: fields,
        operator: fc.oneof({ weight: 9, arbitrary: operators }, fc.constantFrom('IS', 'like', '', 1, null)),
        value: fc.oneof(scalars, changes, junk, fc.constant({ from: 1, other: 2 }), fc.constant({ to: [] })),
        extra: fc.constant(1),
      },
      { requiredKeys: [] },
    );
    const sensible = fc
      .record({ field: names, operator: operators, value: fc.oneof(scalars, changes) })
      .map(({ field, operator, value }) =>
        ['present', 'absent', 'changed'].includes(operator)
          ? { field, operator }
          : { field, operator, value },
      );
    const lists = fc.oneof(
      fc.array(fc.oneof(sensible, sensible, condition), { maxLength: 3 }),
      fc.array(sensible, { minLength: 19, maxLength: 22 }),
      fc.constantFrom<unknown[]>({}, null, 'x', 1, [1], [null], [[]]),
    );
    const inputs = fc.sample(lists, { numRuns: 4000, seed: 7 }).map((value) => JSON.stringify(value));
    const code = inputs.map((text) => conditionsSchema.safeParse(JSON.parse(text)).success);
    expect(code.filter(Boolean).length).toBeGreaterThan(300);
    const rows = await stack.sql<{ valid: boolean }[]>`
      select webhook_conditions_are_valid(i.input::jsonb) as valid
      from unnest(${inputs}::text[]) with ordinality as i (input, n) order by n`;
    expect(inputs.filter((_, n) => rows[n]?.valid !== code[n])).toEqual([]);
  });

  it('any payload meets the same conditions as in a second, plainer writing of them', async () => {
    const { json } = fc.letrec((tie) => ({
      json: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        scalars,
        fc.array(scalars, { maxLength: 3 }),
        fc.array(fc.array(scalars, { maxLength: 2 }), { maxLength: 2 }),
        fc.array(tie('object'), { maxLength: 3 }),
        tie('object'),
      ),
      object: fc.dictionary(fc.constantFrom('a', 'b', 'tags', 'x"y', "l'e", 'été', '$', 'a b'), tie('json'), {
        maxKeys: 4,
      }),
    }));
    const object = fc.dictionary(fc.constantFrom('a', 'b', 'tags', 'été'), json, { maxKeys: 4 });
    const payloads = fc.oneof(
      object,
      fc.tuple(object, object, object).map(([rest, changes, previous]) => ({ ...rest, changes, previous })),
      json,
    );
    const conditions = fc
      .record({ field: names, operator: operators, value: fc.oneof(scalars, changes) })
      .map(({ field, operator, value }) =>
        ['present', 'absent', 'changed'].includes(operator)
          ? { field, operator }
          : { field, operator, value },
      )
      .filter((condition) => conditionsSchema.safeParse([condition]).success) as fc.Arbitrary<Condition>;
    const cases = fc.sample(
      fc.record({ payload: payloads, conditions: fc.array(conditions, { minLength: 1, maxLength: 3 }) }),
      { numRuns: 6000, seed: 11 },
    );
    const rows = await stack.sql<{ met: boolean | null }[]>`
      select jsonb_path_match(i.payload::jsonb, webhook_condition_path(i.conditions::jsonb), '{}', true) as met
      from unnest(${cases.map(({ payload }) => JSON.stringify(payload))}::text[],
        ${cases.map((one) => JSON.stringify(one.conditions))}::text[]) with ordinality as i (payload, conditions, n)
      order by n`;
    const expected = cases.map(({ payload, conditions: all }) =>
      all.every((one) => meets(payload as never, one)),
    );
    expect(expected.filter(Boolean).length).toBeGreaterThan(500);
    const wrong = cases.flatMap((one, n) =>
      rows[n]?.met === expected[n] ? [] : [JSON.stringify({ ...one, sql: rows[n]?.met })],
    );
    expect(wrong.slice(0, 5)).toEqual([]);
  });

  it('says which field is wrong', async () => {
    const refusedBy = async (condition: object) => {
      const input = {
        name: 'x',
        url: 'https://a.example/',
        events: ['lead.created'],
        conditions: [condition],
      };
      const { status, body } = await post(input, createWebhook, '/api/webhooks');
      return [status, (body.errors as { path: string; code: string }[])[0]];
    };
    for (const [condition, path, code] of [
      [{ field: 'montant', operator: 'gte', value: true }, 'conditions.0.value', 'condition_value_orderable'],
      [{ field: 'email', operator: 'contains', value: 3 }, 'conditions.0.value', 'condition_value_text'],
      [{ field: 'a..b', operator: 'present' }, 'conditions.0.field', 'condition_field_invalid'],
      [
        { field: 'a', operator: 'matches', value: '.*' },
        'conditions.0.operator',
        'condition_operator_unknown',
      ],
    ] as const) {
      expect(await refusedBy(condition)).toMatchObject([422, { path, code }]);
    }
  });
});

describe('an event', () => {
  it('makes no delivery for a webhook whose conditions it does not meet, and keeps how many those were', async () => {
    const all = await addWebhook(stack.sql);
    const won = await addWebhook(stack.sql, {
      conditions: [{ field: 'statut', operator: 'is', value: 'gagne' }],
    });
    const large = await addWebhook(stack.sql, {
      conditions: [
        { field: 'montant', operator: 'gte', value: 1000 },
        { field: 'email', operator: 'contains', value: '@ACME' },
      ],
    });
    await addWebhook(stack.sql, { status: 'inactive', conditions: [{ field: 'x', operator: 'present' }] });
    const who = async (payload: object) => {
      const { event_id, deliveries } = await emit(JSON.stringify(payload));
      const rows = await stack.sql<{ webhook_id: string }[]>`
        select webhook_id from webhook_queue where event_id = ${event_id}`;
      expect(await leftOut(event_id)).toEqual({ deliveries, left_out: 3 - deliveries });
      expect(rows).toHaveLength(deliveries);
      return rows.map((row) => row.webhook_id).sort();
    };
    expect(await who({ statut: 'perdu' })).toEqual([all]);
    expect(await who({ statut: 'gagne', montant: 999, email: 'a@acme.fr' })).toEqual([all, won].sort());
    expect(await who({ statut: 'gagne', montant: 1e3, email: 'a@acme.fr' })).toEqual(
      [all, won, large].sort(),
    );
    // A number in a text is a text.
    expect(await who({ montant: '1000', email: 'a@acme.fr' })).toEqual([all]);
  });

  it('of which several go in one call is asked for itself', async () => {
    await addWebhook(stack.sql, { conditions: [{ field: 'n', operator: 'lt', value: 2 }] });
    const events = [0, 1, 2, 3].map((n) => ({ event_type: 'lead.created', payload: { n } }));
    const emitted = dataOf<{ deliveries: number }[]>(
      await stack.adminClient().rpc('emit_webhook_events', { events }),
    );
    expect(emitted.map(({ deliveries }) => deliveries)).toEqual([1, 1, 0, 0]);
  });

  it('whose payload jsonb cannot hold meets none, not even an absence, and holds up nobody', async () => {
    await addWebhook(stack.sql);
    await addWebhook(stack.sql, { conditions: [{ field: 'a', operator: 'absent' }] });
    const { event_id, deliveries } = await emit('{"n": 1e999999}');
    expect(deliveries).toBe(1);
    expect(await leftOut(event_id)).toEqual({ deliveries: 1, left_out: 1 });
    expect((await emit('{"n": 1}')).deliveries).toBe(2);
  });

  it('of a row says what changed, from what to what', async () => {
    const ask = async (condition: Partial<Condition>) => {
      await stack.sql`delete from webhooks`;
      await addWebhook(stack.sql, {
        events: ['lead.updated'],
        conditions: [{ field: 'statut', operator: 'changed', ...condition }],
      });
      const payload = { id: '1', changes: { statut: 'gagne' }, previous: { statut: 'qualifie' } };
      return (await emit(JSON.stringify(payload), 'lead.updated')).deliveries;
    };
    expect(await ask({})).toBe(1);
    expect(await ask({ field: 'email' })).toBe(0);
    expect(await ask({ operator: 'changed_from_to', value: { from: 'qualifie', to: 'gagne' } })).toBe(1);
    expect(await ask({ operator: 'changed_from_to', value: { from: 'nouveau', to: 'gagne' } })).toBe(0);
    expect(await ask({ operator: 'changed_from_to', value: { to: 'gagne' } })).toBe(1);
    expect(await ask({ operator: 'changed_from_to', value: { from: null } })).toBe(0);
  });

  it('of the system is asked as well', async () => {
    const failing = await addWebhook(stack.sql);
    const condition = { field: 'reason', operator: 'is', value: 'gone' } as const;
    await addWebhook(stack.sql, { events: ['webhook.disabled'], conditions: [condition] });
    await addWebhook(stack.sql, {
      events: ['webhook.disabled'],
      conditions: [{ ...condition, value: 'failing' }],
    });
    await stack.sql`update webhooks set status = 'inactive', disabled_reason = 'failing' where id = ${failing}`;
    const [event] = await stack.sql`
      select e.deliveries, e.left_out, (select count(*)::int from webhook_queue q where q.event_id = e.id) as queued
      from webhook_events e where event_type = 'webhook.disabled'`;
    expect(event).toEqual({ deliveries: 1, left_out: 1, queued: 1 });
  });
});

it('a row written past the API holds, and one that is not valid is refused', async () => {
  const admin = await stack.clientFor('admin');
  const row = { name: 'x', url: 'https://a.example/', events: ['lead.created'] };
  const conditions = [{ field: 'montant', operator: 'gt', value: 5 }];
  const { id } = dataOf<{ id: string }>(
    await admin
      .from('webhooks')
      .insert({ ...row, conditions })
      .select('id')
      .single(),
  );
  expect([(await emit('{"montant": 5}')).deliveries, (await emit('{"montant": 6}')).deliveries]).toEqual([
    0, 1,
  ]);
  expect((await admin.from('webhooks').update({ conditions: [] }).eq('id', id)).error).toBeNull();
  expect((await emit('{"montant": 5}')).deliveries).toBe(1);
  for (const bad of [
    [{ field: 'a', operator: 'like_regex', value: '.*' }],
    {},
    [{ field: 'a', operator: 'is' }],
  ]) {
    const { error } = await admin.from('webhooks').update({ conditions: bad }).eq('id', id);
    expect(error?.code).toBe('23514');
  }
});

it('what is there already is not asked: a test, and a delivery that is sent again', async () => {
  const id = await addWebhook(stack.sql, { conditions: [{ field: 'never', operator: 'present' }] });
  const args = { webhook_id: id, event_type: 'webhook.test', payload: { test: true }, worker: 'w' };
  expect(dataOf(await stack.adminClient().rpc('create_test_delivery', args))).toMatchObject({ items: [{}] });
  const [delivery] = await queueDeliveries(stack.sql, id);
  const again = await stack.adminClient().rpc('redeliver_webhook_deliveries', { delivery_ids: [delivery] });
  expect(dataOf(again)).toEqual([{ id: delivery, result: 'queued' }]);
});

it('a deleted webhook keeps no conditions', async () => {
  const id = await addWebhook(stack.sql, {
    conditions: [{ field: 'email', operator: 'is', value: 'chloe@example.com' }],
  });
  await stack.sql`select delete_webhook(${id})`;
  expect(await stack.sql`select conditions, condition_path from webhooks where id = ${id}`).toEqual([
    { conditions: [], condition_path: null },
  ]);
});

describe('a preview', () => {
  it('says which of the last events meet the conditions, which fields there are, and which are nowhere', async () => {
    for (let n = 1; n <= 25; n += 1)
      await emit(
        JSON.stringify({
          id: `l${n}`,
          prenom: 'Chloé',
          nom: 'Lefèvre',
          montant: n,
          adresse: { ville: 'Lyon' },
        }),
      );
    await emit('{"id": "a", "titre": "Visite"}', 'appointment.created');
    const conditions = [
      { field: 'montant', operator: 'gt', value: 19 },
      { field: 'montnat', operator: 'absent' },
    ];
    const { status, body } = await post({ conditions, events: ['lead.created'] });
    expect(status).toBe(200);
    const events = body.events as { meets: boolean; record_id: string }[];
    expect(events).toHaveLength(20);
    expect(events[0]).toMatchObject({
      record_id: 'l25',
      record_label: 'Chloé Lefèvre',
      event_type: 'lead.created',
    });
    expect(events.filter((event) => event.meets).map((event) => event.record_id)).toEqual([
      'l25',
      'l24',
      'l23',
      'l22',
      'l21',
      'l20',
    ]);
    expect(body.unseen_fields).toEqual(['montnat']);
    expect(body.fields).toContainEqual({ field: 'adresse.ville', types: ['string'], values: ['Lyon'] });
    expect(body.fields).not.toContainEqual(expect.objectContaining({ field: 'titre' }));
  });

  it('is nothing where nothing happened, and refuses what no webhook may have', async () => {
    const empty = await post({ events: ['file.deleted'] });
    expect(empty.body).toEqual({ events: [], fields: [], unseen_fields: [] });
    const refused = await post({ events: ['lead.created'], conditions: [{ field: 'a', operator: 'is' }] });
    expect([refused.status, refused.body.code]).toEqual([422, 'validation_failed']);
  });
});
