import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { beforeEach, describe, expect, it } from 'vitest';
import type { NewEvent } from '@/lib/store/eventStore';
import { emptyTables } from '../support/emptyTables';
import { testStack } from '../support/testStack';
import { addWebhook, emitAs, waitForBlocked } from '../support/webhooks';

/*
 * Events of one caller travel together: what arrives while a call is under way goes with the next one. Each is answered by
 * itself, and none goes with another caller's rights.
 */

const stack = testStack();
beforeEach(() => emptyTables(stack.sql));

const lead = (id: unknown, idempotency_key?: string): NewEvent => ({
  event_type: 'lead.created',
  payload: JSON.stringify({ id }),
  idempotency_key,
});

/** A client of the service whose calls are noted, by how many events each carried; each may be held before it is sent. */
function watchedClient(hold: () => Promise<unknown> = async () => {}) {
  const calls: number[] = [];
  const watch: typeof fetch = async (input, init) => {
    calls.push(JSON.parse(String(init?.body)).events.length);
    await hold();
    return fetch(input, init);
  };
  const client = createClient(stack.supabaseUrl, stack.secretKey, {
    auth: { persistSession: false, autoRefreshToken: false },
    global: { fetch: watch },
  });
  return { client, calls };
}

/** What became of each: the number of its deliveries, or its code. */
const outcomesOf = async (emitted: Promise<{ deliveries: number }>[]) =>
  (await Promise.allSettled(emitted)).map((outcome) =>
    outcome.status === 'fulfilled' ? outcome.value.deliveries : outcome.reason.code,
  );

const storedIds = async () =>
  (await stack.sql<{ id: string }[]>`select payload ->> 'id' as id from webhook_events`)
    .map(({ id }) => id)
    .sort();

describe('what travels together', () => {
  it('waits for nothing when nothing is under way', async () => {
    const { client, calls } = watchedClient();
    for (const n of [1, 2, 3]) await emitAs(client, lead(n));
    expect(calls).toEqual([1, 1, 1]);
  });

  it('is what arrived while a call was under way, answered each by itself and in its order', async () => {
    await addWebhook(stack.sql, { events: ['file.deleted'] });
    const first = Promise.withResolvers<void>();
    const { client, calls } = watchedClient(() => first.promise);
    const emitted = [emitAs(client, lead(0))];
    await expect.poll(() => calls).toEqual([1]);
    for (let n = 1; n < 60; n += 1) {
      emitted.push(emitAs(client, n % 2 ? lead(n) : { ...lead(n), event_type: 'file.deleted' }));
    }
    first.resolve();
    const answers = await Promise.all(emitted);
    expect(calls).toEqual([1, 59]);
    expect(answers.map(({ deliveries }) => deliveries)).toEqual(
      Array.from({ length: 60 }, (_, n) => (n > 0 && n % 2 === 0 ? 1 : 0)),
    );
    const rows = await stack.sql<
      { id: string; n: number }[]
    >`select id, (payload ->> 'id')::int as n from webhook_events`;
    const stored = new Map(rows.map(({ n, id }) => [n, id]));
    expect(answers.map(({ event_id }) => event_id)).toEqual(
      Array.from({ length: 60 }, (_, n) => stored.get(n)),
    );
  });

  it('does not wait longer for a call that hangs', async () => {
    const hung = Promise.withResolvers<void>();
    let held = 0;
    const { client, calls } = watchedClient(async () => {
      held += 1;
      if (held === 1) await hung.promise;
    });
    const first = emitAs(client, lead('hangs'));
    await expect.poll(() => calls).toEqual([1]);
    await Promise.all([1, 2, 3].map((n) => emitAs(client, lead(n))));
    expect(calls).toEqual([1, 3]);
    hung.resolve();
    await first;
  });

  it('is at most 250 events, and about 1 MB, a call', async () => {
    const { client, calls } = watchedClient();
    await Promise.all(Array.from({ length: 600 }, (_, n) => emitAs(client, lead(n))));
    expect(calls).toEqual([250, 250, 100]);
    calls.length = 0;
    await Promise.all(
      Array.from({ length: 9 }, (_, n) => emitAs(client, lead(`${n}${'x'.repeat(250_000)}`))),
    );
    expect(calls).toEqual([4, 4, 1]);
    expect(await storedIds()).toHaveLength(609);
  });

  it('fails together when nobody answers, and the next may try again', async () => {
    let answers = false;
    const { client } = watchedClient(async () => {
      if (!answers) throw new TypeError('fetch failed');
    });
    const emitted = await outcomesOf([1, 2, 3].map((n) => emitAs(client, lead(n))));
    expect(emitted).toEqual(Array(3).fill('database_unavailable'));
    answers = true;
    expect(await outcomesOf([emitAs(client, lead(4))])).toEqual([0]);
  });
});

describe('one that is refused', () => {
  it.each([
    ['unknown_event', { ...lead(0), event_type: 'lead.exploded' }],
    ['payload_too_large', lead('x'.repeat(262_144))],
    ['payload_not_json', { ...lead(0), payload: 'null' }],
    ['payload_not_json', { ...lead(0), payload: '{"id":' }],
    ['payload_not_json', { ...lead(0), payload: '{},"x":{}},{"event_type":"lead.created"' }],
    ['payload_not_json', lead('a\0b')],
    ['payload_not_json', lead('👩'.slice(0, 1))],
    ['payload_too_deep', { ...lead(0), payload: '['.repeat(201) + ']'.repeat(201) }],
    ['payload_too_deep', { ...lead(0), payload: '['.repeat(20_000) + ']'.repeat(20_000) }],
    ['validation_failed', lead(0, 'x'.repeat(256))],
  ])('is refused alone, as %s, wherever it stands', async (code, refused) => {
    const { client, calls } = watchedClient();
    for (const place of [0, 37, 99]) {
      const events = Array.from({ length: 100 }, (_, n) => (n === place ? refused : lead(n)));
      const outcomes = await outcomesOf(events.map((event) => emitAs(client, event)));
      expect(outcomes).toEqual(events.map((event) => (event === refused ? code : 0)));
    }
    expect(calls).toEqual([100, 100, 100]);
    expect(await storedIds()).toHaveLength(297);
  });

  it('may be every second one', async () => {
    const { client, calls } = watchedClient();
    const events = Array.from({ length: 200 }, (_, n) =>
      n % 2 ? lead(n) : { ...lead(n), event_type: 'nothing' },
    );
    const outcomes = await outcomesOf(events.map((event) => emitAs(client, event)));
    expect(outcomes).toEqual(events.map((_, n) => (n % 2 ? 0 : 'unknown_event')));
    expect(calls).toEqual([200]);
  });
});

describe('idempotency keys', () => {
  it('mean the same for those who travel together', async () => {
    const { client, calls } = watchedClient();
    const [a, b, other, c] = await Promise.allSettled([
      emitAs(client, lead(1, 'key')),
      emitAs(client, lead(1, 'key')),
      emitAs(client, lead(2, 'key')),
      emitAs(client, lead(3, 'another')),
    ]);
    expect(calls).toEqual([4]);
    expect(a).toMatchObject({ status: 'fulfilled' });
    expect(b).toEqual(a);
    expect(other).toMatchObject({ status: 'rejected', reason: { code: 'idempotency_key_reused' } });
    expect(c).toMatchObject({ status: 'fulfilled' });
    expect(await storedIds()).toEqual(['1', '3']);
  });

  it('that somebody else is just using hold up their own event alone', async () => {
    const { client, calls } = watchedClient();
    let emitted: Promise<{ event_id: string }>[] = [];
    let theirs = '';
    await stack.sql.begin(async (transaction) => {
      // As the service, to which the key belongs, and whose transaction is not over.
      const [row] = await transaction`
        select emit_webhook_events(${JSON.stringify([{ ...lead(1), payload: { id: 1 }, idempotency_key: 'key' }])}::json) -> 0 ->> 'event_id' as id`;
      theirs = row?.id;
      emitted = [emitAs(client, lead('a')), emitAs(client, lead(1, 'key')), emitAs(client, lead('b'))];
      await Promise.all([emitted[0], emitted[2]]);
      await waitForBlocked(stack.sql);
      expect(calls).toEqual([3, 1, 1, 1]);
    });
    expect((await emitted[1])?.event_id).toBe(theirs);
    expect(await storedIds()).toEqual(['1', 'a', 'b']);
  });
});

describe('callers', () => {
  it('never travel with each other', { tags: ['publishable'] }, async () => {
    const callers = ['admin', 'member', 'stranger', 'anonymous'] as const;
    const clients: SupabaseClient[] = await Promise.all(callers.map((caller) => stack.clientFor(caller)));
    const emitted = Array.from({ length: 80 }, (_, n) =>
      emitAs(clients[n % 4] as SupabaseClient, lead(callers[n % 4], `key ${Math.floor(n / 8)}`)),
    );
    expect(await outcomesOf(emitted)).toEqual(
      Array.from({ length: 80 }, (_, n) => (n % 4 < 2 ? 0 : 'forbidden')),
    );
    // Each person's keys are their own: the tenth of 20 with a key of its own, twice.
    expect(await storedIds()).toEqual([...Array(10).fill('admin'), ...Array(10).fill('member')]);
  });

  it('whose session ended since their last call are refused, and nobody else is', {
    tags: ['publishable'],
  }, async () => {
    const [ends, goesOn] = await Promise.all([stack.clientFor('member'), stack.clientFor('member')]);
    expect(await outcomesOf([emitAs(ends, lead(1)), emitAs(goesOn, lead(2))])).toEqual([0, 0]);
    const { data } = await ends.auth.getSession();
    const keptToken = createClient(stack.supabaseUrl, stack.publishableKey, {
      accessToken: async () => data.session?.access_token ?? '',
    });
    await ends.auth.signOut({ scope: 'local' });
    const emitted = [1, 2, 3].flatMap((n) => [emitAs(keptToken, lead(n)), emitAs(goesOn, lead(n))]);
    expect(await outcomesOf(emitted)).toEqual(Array(3).fill(['forbidden', 0]).flat());
  });
});

describe('emit_webhook_events_each', () => {
  const each = async (events: unknown) => {
    const { data, error } = await stack.adminClient().rpc('emit_webhook_events_each', { events });
    return data ?? error;
  };

  it('takes nothing, and no more than 1,000', async () => {
    expect(await each([])).toEqual([]);
    expect(await each(Array(1001).fill('{}'))).toMatchObject({ message: 'validation_failed' });
  });

  it('answers what is no event', async () => {
    const good = '{"event_type":"lead.created","payload":{"id":"good"}}';
    const answers = await each([
      good,
      null,
      '',
      '{}',
      '[]',
      '1',
      good.repeat(2),
      `${good},${good}`,
      '{"event_type":',
      good,
    ]);
    const codes = (answers as Record<string, unknown>[]).map(({ code }) => code);
    expect(codes).toEqual([undefined, ...Array(8).fill(expect.stringMatching(/^22/)), undefined]);
    expect(await storedIds()).toEqual(['good', 'good']);
  });

  it('waits no longer than it is told to for a lock, and stores nothing then', {
    tags: ['local'],
  }, async () => {
    await stack.sql.begin(async (transaction) => {
      await transaction`lock table webhook_events in access exclusive mode`;
      const began = performance.now();
      const { error } = await stack.adminClient().rpc('emit_webhook_events_each', {
        events: [lead(1), lead(2)].map((event) => JSON.stringify(event)),
        patience_ms: 50,
      });
      expect(error?.code).toBe('55P03');
      expect(performance.now() - began).toBeLessThan(2000);
    });
    expect(await storedIds()).toEqual([]);
  });
});
