import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestStack, type TestStack } from '../support/database';
import { addWebhook, claim, dataOf, unknownId, waitForBlocked } from '../support/webhooks';

type Emitted = { event_id: string; deliveries: number };

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.stop());
beforeEach(async () => {
  await stack.sql`truncate webhooks, webhook_secrets, webhook_pace, webhook_marks, webhook_health, webhook_queue, webhook_events, webhook_idempotency_keys, crm_files`;
});

const emit = async (payload: unknown, type = 'lead.created', key?: string) =>
  dataOf<Emitted>(
    await stack
      .adminClient()
      .rpc('emit_webhook_event', { event_type: type, payload, ...(key && { idempotency_key: key }) }),
  );
const emitMany = async (events: unknown[]) =>
  dataOf<Emitted[]>(await stack.adminClient().rpc('emit_webhook_events', { events }));
const count = async (table: string) => {
  const [row] = await stack.sql`select count(*)::int as n from ${stack.sql(table)}`;
  return row?.n as number;
};

describe('a trace', () => {
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const tracesOfClaim = async () =>
    Object.values((await claim(stack.adminClient())).batch.events).map((event) => event.traceparent);

  it('goes with its event to whoever claims the delivery', async () => {
    await addWebhook(stack.sql);
    await emitMany([{ event_type: 'lead.created', payload: {}, traceparent }]);
    expect(await tracesOfClaim()).toEqual([traceparent]);
  });

  it('is null when nobody traces, and never a reason to refuse an event', async () => {
    await addWebhook(stack.sql);
    await emit({ id: '1' });
    await emitMany([{ event_type: 'lead.created', payload: {}, traceparent: 'x'.repeat(100_000) }]);
    expect(new Set(await tracesOfClaim())).toEqual(new Set([null, 'x'.repeat(55)]));
  });
});

describe('fan-out', () => {
  it('makes one pending delivery for each active webhook that listens, and no other', async () => {
    const first = await addWebhook(stack.sql);
    const second = await addWebhook(stack.sql, { events: ['lead.deleted', 'lead.created'] });
    await addWebhook(stack.sql, { events: ['lead.updated'] });
    await addWebhook(stack.sql, { status: 'inactive' });
    const { event_id, deliveries } = await emit({ id: '1' });
    expect(deliveries).toBe(2);
    const rows = await stack.sql`
      select webhook_id, event_type, status, is_test, attempt_count, next_attempt_at <= now() as due
      from webhook_deliveries where event_id = ${event_id} order by webhook_id`;
    const expected = {
      event_type: 'lead.created',
      status: 'pending',
      is_test: false,
      attempt_count: 0,
      due: true,
    };
    expect([...rows]).toEqual([first, second].sort().map((webhook_id) => ({ webhook_id, ...expected })));
  });

  it('keeps an event to which nobody listens', async () => {
    const { event_id, deliveries } = await emit({ id: '1' });
    expect(deliveries).toBe(0);
    const [event] =
      await stack.sql`select event_type, deliveries, triggered_by from webhook_events where id = ${event_id}`;
    expect(event).toEqual({ event_type: 'lead.created', deliveries: 0, triggered_by: null });
  });

  it('reaches 300 webhooks with one statement', async () => {
    await stack.sql`
      insert into webhooks (name, url, events)
      select n::text, 'https://a.test/', '{file.deleted}' from generate_series(1, 300) as n`;
    expect((await emit({}, 'file.deleted')).deliveries).toBe(300);
    expect(await count('webhook_queue')).toBe(300);
  });
});

describe('the outbox', () => {
  it('commits event and deliveries with the caller’s transaction', async () => {
    await stack.sql.begin(async (transaction) => {
      await addWebhook(transaction as never);
      await transaction`select emit_webhook_event('lead.created', '{"id":"1"}')`;
      expect([await count('webhook_events'), await count('webhook_queue')]).toEqual([0, 0]);
    });
    expect([await count('webhook_events'), await count('webhook_queue')]).toEqual([1, 1]);
  });

  it('leaves nothing behind when that transaction rolls back, its key included', async () => {
    await addWebhook(stack.sql);
    const failed = stack.sql.begin(async (transaction) => {
      await transaction`select emit_webhook_event('lead.created', '{"id":"1"}', 'key')`;
      throw new Error('rolled back');
    });
    await expect(failed).rejects.toThrow('rolled back');
    expect(await count('webhook_events')).toBe(0);
    expect(await count('webhook_queue')).toBe(0);
    expect((await emit({ id: '1' }, 'lead.created', 'key')).deliveries).toBe(1);
  });

  it('works from a trigger of a table, for a person who may not write the queue', async () => {
    await addWebhook(stack.sql, { events: ['file.uploaded', 'file.deleted'] });
    const member = await stack.clientFor('member');
    const { data: user } = await member.auth.getUser();
    const stored = await member
      .from('crm_files')
      .insert({ nom: 'contrat.pdf', taille: 1, contenu: '\\x41' })
      .select('id')
      .single();
    const { id } = dataOf<{ id: string }>(stored);
    await member.from('crm_files').delete().eq('id', id);
    const events = await stack.sql`
      select event_type, payload ->> 'id' as file, payload ->> 'nom' as nom, deliveries, triggered_by
      from webhook_events order by id`;
    const common = { file: id, nom: 'contrat.pdf', deliveries: 1, triggered_by: user.user?.id };
    expect([...events]).toEqual([
      { event_type: 'file.uploaded', ...common },
      { event_type: 'file.deleted', ...common },
    ]);
  });

  it('drops the event of a row that is refused after it', async () => {
    const refused = stack.sql.begin(async (transaction) => {
      await transaction`insert into crm_files (nom, taille, contenu) values ('a', 1, 'A')`;
      await transaction`insert into crm_files (nom, taille, contenu) values ('', 1, 'A')`;
    });
    await expect(refused).rejects.toMatchObject({ code: '23514' });
    expect([await count('crm_files'), await count('webhook_events')]).toEqual([0, 0]);
  });
});

describe('the batch form', () => {
  it('answers in the order of the question', async () => {
    await addWebhook(stack.sql, { events: ['lead.created', 'file.deleted'] });
    await addWebhook(stack.sql, { events: ['file.deleted'] });
    const types = ['lead.updated', 'file.deleted', 'lead.created', 'file.deleted', 'lead.deleted'];
    const many = Array.from({ length: 40 }, (_, n) => types[n % types.length] ?? '');
    const answers = await emitMany(many.map((event_type, n) => ({ event_type, payload: { n } })));
    const rows = await stack.sql<{ id: string; event_type: string; n: number }[]>`
      select id, event_type, (payload ->> 'n')::int as n from webhook_events`;
    const stored = new Map(rows.map((row) => [row.id, row]));
    for (const [n, answer] of answers.entries()) {
      expect(stored.get(answer.event_id)).toMatchObject({ event_type: many[n], n });
      const listeners = { 'file.deleted': 2, 'lead.created': 1 }[many[n] ?? ''] ?? 0;
      expect(answer.deliveries).toBe(listeners);
    }
    expect(answers).toHaveLength(40);
    expect(answers.map((answer) => answer.event_id)).toEqual(answers.map((answer) => answer.event_id).sort());
  });

  it('stores all or nothing', async () => {
    const events = [
      { event_type: 'lead.created', payload: {} },
      { event_type: 'lead.unknown', payload: {} },
    ];
    await expect(emitMany(events)).rejects.toThrow('unknown_event');
    expect(await count('webhook_events')).toBe(0);
  });

  it('answers an empty batch with an empty list', async () => {
    expect(await emitMany([])).toEqual([]);
  });
});

describe('an idempotency key', () => {
  beforeEach(() => addWebhook(stack.sql));

  it('makes a repeated trigger the same event, whatever it carries', async () => {
    const first = await emit({ n: 1 }, 'lead.created', 'order-1');
    const second = await emit({ n: 2 }, 'lead.updated', 'order-1');
    expect(second).toEqual(first);
    expect(first.deliveries).toBe(1);
    expect([await count('webhook_events'), await count('webhook_queue')]).toEqual([1, 1]);
    expect((await emit({}, 'lead.created', 'order-2')).event_id).not.toBe(first.event_id);
  });

  it('counts once within one batch, beside events without a key', async () => {
    const event = { event_type: 'lead.created', payload: {} };
    const keyed = { ...event, idempotency_key: 'twice' };
    const former = await emit({}, 'lead.created', 'former');
    const answers = await emitMany([event, keyed, { ...event, idempotency_key: 'former' }, keyed, event]);
    expect(answers[1]).toEqual(answers[3]);
    expect(answers[2]).toEqual(former);
    expect(new Set(answers.map((answer) => answer.event_id)).size).toBe(4);
    expect(answers.map((answer) => answer.deliveries)).toEqual([1, 1, 1, 1, 1]);
    expect([await count('webhook_events'), await count('webhook_queue')]).toEqual([4, 4]);
  });

  it('makes a second transaction wait and answer what the first committed', async () => {
    let second: Promise<Emitted> | undefined;
    const first = await stack.sql.begin(async (transaction) => {
      const [row] = await transaction<{ answer: Emitted }[]>`
        select emit_webhook_event('lead.created', '{}', 'race') as answer`;
      second = emit({}, 'lead.created', 'race');
      await waitForBlocked(stack.sql);
      return row?.answer;
    });
    expect(await second).toEqual(first);
    expect([await count('webhook_events'), await count('webhook_queue')]).toEqual([1, 1]);
  });

  it('is free again when the first transaction rolls back', async () => {
    let second: Promise<Emitted> | undefined;
    const first = stack.sql.begin(async (transaction) => {
      await transaction`select emit_webhook_event('lead.created', '{}', 'race')`;
      second = emit({ second: true }, 'lead.created', 'race');
      await waitForBlocked(stack.sql);
      throw new Error('rolled back');
    });
    await expect(first).rejects.toThrow('rolled back');
    const { event_id } = (await second) as Emitted;
    const rows = await stack.sql`select id, payload from webhook_events`;
    expect([...rows]).toEqual([{ id: event_id, payload: { second: true } }]);
  });

  it('is taken in the order of the keys, so that two batches never wait for each other', async () => {
    const event = { event_type: 'lead.created', payload: {} };
    let batch: Promise<Emitted[]> | undefined;
    await stack.sql.begin(async (transaction) => {
      await transaction`set local lock_timeout = '1s'`;
      await transaction`select emit_webhook_event('lead.created', '{}', 'key-a')`;
      batch = emitMany(['key-b', 'key-a'].map((idempotency_key) => ({ ...event, idempotency_key })));
      await waitForBlocked(stack.sql);
      // The batch waits for key-a and holds nothing yet: key-b is still free.
      await transaction`select emit_webhook_event('lead.created', '{}', 'key-b')`;
    });
    expect(await batch).toHaveLength(2);
    expect(await count('webhook_events')).toBe(2);
  });

  it('lapses after 24 hours, and not before', async () => {
    const first = await emit({}, 'lead.created', 'lapses');
    const age = (interval: string) =>
      stack.sql`update webhook_idempotency_keys set created_at = now() - ${interval}::interval`;
    await age('23 hours 59 minutes');
    await stack.sql`select maintain_webhooks()`;
    expect(await emit({}, 'lead.created', 'lapses')).toEqual(first);
    await age('24 hours 1 minute');
    await stack.sql`select maintain_webhooks()`;
    expect(await emit({}, 'lead.created', 'lapses')).not.toEqual(first);
  });
});

describe('the payload', () => {
  const difficult = {
    z: 1,
    a: 'é 👩🏽‍🚀 \u2028 "quoted" \\ back\\slash \n\t',
    looksLikeJson: '{"a":[1,2]}',
    looksLikeNumber: '007',
    looksLikeNull: 'null',
    numbers: [0, -0.5, 1e21, 123456789012345680000, Number.MAX_SAFE_INTEGER],
    nested: [[[{ deep: { '': null, ' ': true } }]]],
    10: 'ten',
    2: 'two',
    __proto__x: {},
  };

  it('keeps its text and order of keys through the API, into the claim', async () => {
    await addWebhook(stack.sql);
    const { event_id } = await emit(difficult);
    const [row] = await stack.sql`select payload::text as text from webhook_events where id = ${event_id}`;
    expect(row?.text).toBe(JSON.stringify(difficult));
    const { batch } = await claim(stack.adminClient());
    expect(JSON.stringify(batch.events[event_id]?.payload)).toBe(JSON.stringify(difficult));
  });

  it('keeps the sender’s text from SQL, spaces and digits included', async () => {
    const text = '{ "b": 1.10,  "a": 12345678901234567890, "b": "\\u00e9" }';
    await stack.sql.unsafe(`select emit_webhook_event('lead.created', $1::text::json)`, [text]);
    const [row] = await stack.sql`select payload::text as text from webhook_events`;
    expect(row?.text).toBe(text);
  });

  it.each([
    ['array', [1, 'two', null]],
    ['string', '"{}"'],
    ['number', 7],
    ['false', false],
  ])('may be any JSON: %s', async (_what, payload) => {
    const [answer] = await emitMany([{ event_type: 'lead.created', payload }]);
    const [row] =
      await stack.sql`select payload::text as text from webhook_events where id = ${answer?.event_id ?? ''}`;
    expect(row?.text).toBe(JSON.stringify(payload));
  });

  it('of 256 KiB is taken, of one byte more refused: bytes, not characters', async () => {
    const ofBytes = (bytes: number) => 'é'.repeat((bytes - 2) / 2 - 1) + 'x'.repeat(2 + (bytes % 2));
    const exact = ofBytes(262_144);
    expect(Buffer.byteLength(JSON.stringify(exact))).toBe(262_144);
    await emitMany([{ event_type: 'lead.created', payload: exact }]);
    const refused = emitMany([{ event_type: 'lead.created', payload: `${exact}x` }]);
    await expect(refused).rejects.toThrow('payload_too_large');
    expect(await count('webhook_events')).toBe(1);
  });

  it.each([
    ['an unknown event', 'lead.exploded', {}, 'unknown_event'],
    ['the event of tests', 'webhook.test', {}, 'unknown_event'],
    ['no event type', null, {}, 'unknown_event'],
    ['the payload null', 'lead.created', null, 'payload_not_json'],
    ['no payload', 'lead.created', undefined, 'payload_not_json'],
  ])('is refused with a stable code: %s', async (_what, event_type, payload, code) => {
    await expect(emitMany([{ event_type, payload }])).rejects.toThrow(code);
    expect(await count('webhook_events')).toBe(0);
  });
});

it('the time of the event is the moment of its transaction', async () => {
  const { event_id } = await emit({ key: unknownId() });
  const [row] = await stack.sql`
    select abs(extract(epoch from now() - occurred_at)) < 5 as near,
      webhook_uuid_v7_floor(occurred_at) <= id as ordered from webhook_events where id = ${event_id}`;
  expect(row).toEqual({ near: true, ordered: true });
});
