import { beforeEach, describe, expect, it } from 'vitest';
import { emptyTables } from '../support/emptyTables';
import { testStack } from '../support/testStack';
import { addWebhook, claim, dataOf, unknownId, waitForBlocked } from '../support/webhooks';

type Emitted = { event_id: string; deliveries: number };

const stack = testStack();
beforeEach(async () => {
  await emptyTables(stack.sql);
  await emptyTables(stack.sql, 'crm_files');
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
      .insert({ nom: 'contrat.pdf', taille: 1, contenu: 'A' })
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

  it('makes a repeated trigger the same event, however its JSON is written', async () => {
    const send = (payload: string, type = 'lead.created') =>
      stack.sql<
        { answer: Emitted }[]
      >`select emit_webhook_event(${type}, ${payload}::text::json, 'order-1') as answer`;
    const [first] = await send('{"nom": "é", "n": [1, {"a": 1.0}]}');
    for (const same of ['{"n":[1,{"a":1.0}],"nom":"\\u00e9"}', '{ "n": [ 1, {"a": 1} ], "nom": "é" }']) {
      expect((await send(same))[0]).toEqual(first);
    }
    expect(first?.answer.deliveries).toBe(1);
    expect([await count('webhook_events'), await count('webhook_queue')]).toEqual([1, 1]);
    expect((await emit({}, 'lead.created', 'order-2')).event_id).not.toBe(first?.answer.event_id);
  });

  it('makes a payload that jsonb cannot hold the same event when its text is the same', async () => {
    const send = (payload: string) =>
      stack.sql<
        { answer: Emitted }[]
      >`select emit_webhook_event('lead.created', ${payload}::text::json, 'huge') as answer`;
    const [first] = await send('{"n":1e999999}');
    expect((await send('{"n":1e999999}'))[0]).toEqual(first);
    await expect(send('{"n":1e999998}')).rejects.toThrow('idempotency_key_reused');
  });

  it.each([
    ['payload', { n: 2 }, 'lead.created'],
    ['type', { n: 1 }, 'lead.updated'],
    ['order of an array', { n: 1, list: [2, 1] }, 'lead.created'],
  ])('is refused with another %s, and the first event stays', async (_what, payload, type) => {
    await emit({ n: 1 }, 'lead.created', 'order-1');
    await emit({ n: 1, list: [1, 2] }, 'lead.created', 'order-2');
    await expect(emit(payload, type, 'order-1')).rejects.toThrow('idempotency_key_reused');
    await expect(emit(payload, type, 'order-2')).rejects.toThrow('idempotency_key_reused');
    expect([await count('webhook_events'), await count('webhook_queue')]).toEqual([2, 2]);
  });

  it('is refused within a batch that uses it for two events: nothing of the batch is stored', async () => {
    const events = [1, 2].map((n) => ({
      event_type: 'lead.created',
      payload: { n },
      idempotency_key: 'one',
    }));
    await expect(emitMany(events)).rejects.toThrow('idempotency_key_reused');
    expect([await count('webhook_events'), await count('webhook_idempotency_keys')]).toEqual([0, 0]);
  });

  it('belongs to its caller: the service and each person have their own', async () => {
    const asPerson = async (caller: 'admin' | 'member') =>
      dataOf<Emitted>(
        await (await stack.clientFor(caller)).rpc('emit_webhook_event', {
          event_type: 'lead.created',
          payload: { by: caller },
          idempotency_key: 'shared',
        }),
      ).event_id;
    const service = await emit({ by: 'service' }, 'lead.created', 'shared');
    const ids = [service.event_id, await asPerson('admin'), await asPerson('member')];
    expect(new Set(ids).size).toBe(3);
    expect(await asPerson('member')).toBe(ids[2]);
    expect((await emit({ by: 'service' }, 'lead.created', 'shared')).event_id).toBe(ids[0]);
  });

  it('of the time before, without a digest, is compared with its event', async () => {
    const first = await emit({ n: 1 }, 'lead.created', 'old');
    await stack.sql`update webhook_idempotency_keys set digest = null`;
    expect(await emit({ n: 1 }, 'lead.created', 'old')).toEqual(first);
    await expect(emit({ n: 2 }, 'lead.created', 'old')).rejects.toThrow('idempotency_key_reused');
  });

  it('makes one event of twenty callers at once, and refuses those that mean another', async () => {
    const answers = await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) => emit({ n: n % 2 }, 'lead.created', 'crowd')),
    );
    const given = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
    const refused = answers.flatMap((answer) =>
      answer.status === 'rejected' ? [String(answer.reason)] : [],
    );
    expect(new Set(given.map((answer) => answer.event_id)).size).toBe(1);
    expect([given.length, refused.length]).toEqual([10, 10]);
    for (const reason of refused) expect(reason).toContain('idempotency_key_reused');
    expect(await count('webhook_events')).toBe(1);
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

  it('lapses after 24 hours, and not before, whether or not the chore has run', async () => {
    const first = await emit({ n: 1 }, 'lead.created', 'lapses');
    const age = (interval: string) =>
      stack.sql`update webhook_idempotency_keys set created_at = now() - ${interval}::interval`;
    const forget = () => stack.sql`select run_webhook_chore('forget_idempotency_keys', 30)`;
    await age('23 hours 59 minutes');
    await forget();
    expect(await emit({ n: 1 }, 'lead.created', 'lapses')).toEqual(first);
    await age('24 hours 1 minute');
    const second = await emit({ n: 2 }, 'lead.updated', 'lapses');
    expect(second.event_id).not.toBe(first.event_id);
    expect(await emit({ n: 2 }, 'lead.updated', 'lapses')).toEqual(second);
    await age('24 hours 1 minute');
    await forget();
    expect(await count('webhook_idempotency_keys')).toBe(0);
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
    expect(batch.events[event_id]?.payload).toBe(JSON.stringify(difficult));
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

describe('a payload that cannot be sent or stored', () => {
  const nested = (depth: number, open = '[', close = ']') => open.repeat(depth) + close.repeat(depth);
  const objects = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
  const emitText = (payload: string) =>
    stack.sql`select emit_webhook_event('lead.created', ${payload}::text::json)`;

  it.each([
    ['arrays', nested(200)],
    ['objects', objects(200)],
    ['many arrays side by side', `[${Array(400).fill('[]').join(',')}]`],
    ['brackets in a string', JSON.stringify('[{'.repeat(5000))],
    [
      'escaped quotes beside brackets',
      JSON.stringify(['"[[[['.repeat(500), '\\'.repeat(301), ']"['.repeat(500)]),
    ],
  ])('is none: 200 levels of %s', async (_what, payload) => {
    await emitText(payload);
    expect(await count('webhook_events')).toBe(1);
  });

  it.each([
    ['201 arrays', nested(201)],
    ['201 objects', objects(201)],
    ['201 levels of arrays and objects in turn', `${nested(100, '[{"a":', '}]').replace('}', '[]}')}`],
    [
      '201 levels beside much that is flat',
      `[${Array(3000).fill('{"a":[1,"]"]}').join(',')},${nested(200)}]`,
    ],
    ['201 levels with spaces and line breaks', nested(201, '[ \n\t', ' \r\n]')],
    ['8,000 objects', objects(8000)],
  ])('is refused with payload_too_deep: %s', async (_what, payload) => {
    await expect(emitText(payload)).rejects.toThrow('payload_too_deep');
    expect(await count('webhook_events')).toBe(0);
  });

  it('is left to the caller’s own cast where Postgres cannot parse it', async () => {
    const depth = 40_000; // Postgres stops at some 7,000 to 30,000
    const build = stack.sql`
      select emit_webhook_events(array_to_json(array[json_build_object('event_type', 'lead.created', 'payload',
        (repeat('[', ${depth}) || repeat(']', ${depth}))::json)]))`;
    await expect(build).rejects.toMatchObject({ code: '54001' }); // the cast is the caller's own
  });

  it('is found within 300 ms in 256 KiB of brackets', async () => {
    // As wide as it is deep, so that each round of peeling takes little away.
    const wide = `[${Array(640).fill(nested(199)).join(',')}]`;
    const deep = `[${Array(640).fill(nested(201)).join(',')}]`;
    const strings = JSON.stringify(Array(60_000).fill('['));
    for (const payload of [wide, deep, strings]) {
      expect(payload.length).toBeGreaterThan(240_000);
      expect(payload.length).toBeLessThanOrEqual(262_144);
      const [row] = await stack.sql<{ deep: boolean; ms: number }[]>`
        select d.deep, extract(epoch from clock_timestamp() - statement_timestamp()) * 1000 as ms
        from webhook_json_is_deep(${payload}::text::json) as d (deep)`;
      expect(row?.deep).toBe(payload === deep);
      expect(Number(row?.ms)).toBeLessThan(300);
    }
  });

  it.each([
    ['null', 'null'],
    ['U+0000', '{"a":"x\\u0000y"}'],
    ['U+0000 in a key', '{"a\\u0000":1}'],
    ['U+0000 far inside', '[[{"a":["\\u0000"]}]]'],
    ['the first half of a surrogate pair', '{"a":"\\ud83d"}'],
    ['the second half', '["\\uDE00"]'],
    ['halves that stand apart', '["\\ud83d \\ude00"]'],
    ['halves in the wrong order', '["\\ude00\\ud83d"]'],
  ])('is refused with payload_not_json: %s', async (_what, payload) => {
    await expect(emitText(payload)).rejects.toThrow('payload_not_json');
    expect(await count('webhook_events')).toBe(0);
  });

  it.each([
    ['a whole pair', '["\\ud83d\\ude00"]'],
    ['a backslash before u0000', '["\\\\u0000", "\\\\ud83d"]'],
  ])('is none: %s', async (_what, payload) => {
    await emitText(payload);
    const [row] = await stack.sql`select payload::text as text from webhook_events`;
    expect(row?.text).toBe(payload);
  });
});

it('the time of the event is the moment of its transaction', async () => {
  const { event_id } = await emit({ key: unknownId() });
  const [row] = await stack.sql`
    select abs(extract(epoch from now() - occurred_at)) < 5 as near,
      webhook_uuid_v7_floor(occurred_at) <= id as ordered from webhook_events where id = ${event_id}`;
  expect(row).toEqual({ near: true, ordered: true });
});
