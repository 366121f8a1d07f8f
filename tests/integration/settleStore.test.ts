import { beforeEach, describe, expect, it } from 'vitest';
import { type ClaimedItem, claimSchema } from '@/lib/store/claimSchema';
import {
  createTestDelivery,
  exchangeDeliveries,
  releaseUnknownLeases,
  settleDeliveries,
} from '@/lib/store/queueStore';
import { isLockTimeout, wasRefused } from '@/lib/store/storeError';
import { emptyTables } from '../support/emptyTables';
import { testStack } from '../support/testStack';
import {
  addWebhook,
  claimOf,
  givenUp,
  queueDeliveries,
  resultOf,
  retryAfter,
  unknownId,
} from '../support/webhooks';

const stack = testStack();
beforeEach(() => emptyTables(stack.sql));

async function leased(count: number): Promise<[ClaimedItem, ...ClaimedItem[]]> {
  await queueDeliveries(stack.sql, await addWebhook(stack.sql, { max_in_flight: 100 }), count);
  const { batch } = await claimOf(200, 'test', null);
  batch.items.sort((a, b) => (a.id < b.id ? -1 : 1));
  return batch.items as [ClaimedItem, ...ClaimedItem[]];
}

async function deadlocks(): Promise<number> {
  const [row] =
    await stack.sql`select deadlocks::int as n from pg_stat_database where datname = current_database()`;
  return row?.n;
}

describe('the queue through the store', () => {
  it('claims and settles', async () => {
    expect(await claimOf(10, 'test', null)).toEqual({
      cursor: null,
      wait_ms: null,
      in_flight_elsewhere: 0,
      jobs: false,
      batch: { webhooks: {}, events: {}, items: [], apart: null },
    });
    const webhookId = await addWebhook(stack.sql);
    const [id = ''] = await queueDeliveries(stack.sql, webhookId);
    const claim = await claimOf(10, 'test', '00000000-0000-7000-8000-000000000000');
    expect(claim.batch.items).toMatchObject([{ id, webhook_id: webhookId, fence: 1 }]);
    const results = claim.batch.items.map((item) => resultOf(item));
    expect(await settleDeliveries(results)).toEqual({ settled: [id], busy: [] });
    expect(await settleDeliveries(results)).toEqual({ settled: [], busy: [] });
    expect(await settleDeliveries([])).toEqual({ settled: [], busy: [] });
  });

  it('answers what the types of a claim say, which nobody parses', async () => {
    await leased(1);
    const webhookId = await addWebhook(stack.sql, {
      transform_enabled: true,
      transform_script: 'return null',
    });
    await queueDeliveries(stack.sql, webhookId, 2);
    const claim = await claimOf(200, 'test', '00000000-0000-7000-8000-000000000000');
    expect(claim.batch.items).toHaveLength(2);
    expect(claimSchema.parse(claim)).toEqual(claim);
  });

  it('answers an exchange that only hands in without a claim', async () => {
    const [item] = await leased(1);
    const request = { maxItems: 0, worker: 'test', after: null };
    expect(await exchangeDeliveries([resultOf(item)], request)).toEqual({ busy: [], claim: null });
  });

  it('takes an event’s payload as the text that was written, whatever it is', async () => {
    const payloads = [
      '{ "b" : 1.0, "a": 9223372036854775807, "a": 1e400 }',
      '"\\ud800 \\u0000 é"',
      `${'['.repeat(8000)}${']'.repeat(8000)}`,
    ];
    const webhookId = await addWebhook(stack.sql);
    const ids = await queueDeliveries(stack.sql, webhookId, payloads.length);
    for (const [n, payload] of payloads.entries()) {
      const [event] = await stack.sql<{ id: string }[]>`
        insert into webhook_events (event_type, payload) values ('lead.created', ${payload}::text::json) returning id`;
      await stack.sql`update webhook_queue set event_id = ${event?.id ?? ''} where id = ${ids[n] ?? ''}`;
    }
    const { batch } = await claimOf(10, 'test', null);
    expect(
      Object.values(batch.events)
        .map(({ payload }) => payload)
        .sort(),
    ).toEqual(payloads.toSorted());
  });

  it('answers as busy what somebody has locked, writes the rest, and tells lock timeouts from refusals', async () => {
    const [a, b] = (await leased(2)) as [ClaimedItem, ClaimedItem];
    await stack.sql.begin(async (transaction) => {
      await transaction`select from webhook_queue where id = ${a.id} for update`;
      expect(await settleDeliveries([resultOf(a), resultOf(b)])).toEqual({ settled: [b.id], busy: [a.id] });
    });
    await stack.sql`insert into webhook_health (webhook_id, failures) values (${a.webhook_id}, 1)`;
    await stack.sql.begin(async (transaction) => {
      await transaction`select from webhook_health for update`;
      const error: unknown = await settleDeliveries([resultOf(a)]).catch((thrown: unknown) => thrown);
      expect([isLockTimeout(error), wasRefused(error)]).toEqual([true, true]);
    });
    const refused: unknown = await settleDeliveries([resultOf(a, { duration_ms: 2 ** 40 })]).catch(
      (thrown: unknown) => thrown,
    );
    expect([isLockTimeout(refused), wasRefused(refused)]).toEqual([false, true]);
    expect(await settleDeliveries([resultOf(a)])).toEqual({ settled: [a.id], busy: [] });
  });

  it('gives up the leases that a worker does not know of, and no other', async () => {
    const [known, unknown] = (await leased(2)) as [ClaimedItem, ClaimedItem];
    await queueDeliveries(stack.sql, await addWebhook(stack.sql), 1);
    const { batch } = await claimOf(1, 'another', null);
    expect(await releaseUnknownLeases('test', [known.id])).toBe(1);
    const free = await stack.sql`select id from webhook_queue where locked_until is null`;
    expect(free).toEqual([{ id: unknown.id }]);
    // What was released under a result on its way is still written while nobody else has claimed it.
    expect(await settleDeliveries([resultOf(unknown), resultOf(batch.items[0] ?? known)])).toMatchObject({
      busy: [],
    });
    expect(await stack.sql`select from webhook_queue`).toHaveLength(1);
  });

  it('creates a test delivery, leased, with the payload as it was given', async () => {
    const webhookId = await addWebhook(stack.sql, { status: 'inactive' });
    const payload = { z: 1, a: '{"b":"\\"c\\""}', n: '12', é: '😀', deep: [{ '': null }] };
    const batch = await createTestDelivery(webhookId, { event_type: 'lead.created', payload }, 'tester');
    const [item] = batch.items;
    expect(batch.items).toHaveLength(1);
    expect(item).toMatchObject({ webhook_id: webhookId, is_test: true, fence: 1, attempt_count: 0 });
    expect(batch.events[item?.event_id ?? '']?.payload).toBe(JSON.stringify(payload));
    const [row] = await stack.sql`select payload::text as text from webhook_events`;
    expect(row?.text).toBe(JSON.stringify(payload));
    const missing = createTestDelivery(unknownId(), { event_type: 'webhook.test', payload: {} }, 'tester');
    await expect(missing).rejects.toMatchObject({ code: 'webhook_not_found' });
  });

  it('writes a result of every kind at its full size', async () => {
    const [a, b, c] = (await leased(3)) as [ClaimedItem, ClaimedItem, ClaimedItem];
    const text = `${'é"\\\n😀'.repeat(20_000)}{"not":"json"}`;
    const console = [
      { level: 'log', text: '"x"\\' },
      { level: 'error', text: 'null' },
    ];
    const results = [
      resultOf(a, { response_body: text, request_body: text, console }),
      resultOf(b, { ...retryAfter(1000), error_message: text }),
      resultOf(c, { ...givenUp('transform_error'), request_headers: undefined, response_headers: undefined }),
    ];
    expect((await settleDeliveries(results)).settled.sort()).toEqual([a.id, b.id, c.id]);
    const [attempt] = await stack.sql`
      select response_body, request_body, console from webhook_attempts where delivery_id = ${a.id}`;
    expect(attempt).toEqual({ response_body: text, request_body: text, console });
  });

  it('refuses a batch with a byte that Postgres cannot hold, whole, and takes it without', async () => {
    const [a, b] = (await leased(2)) as [ClaimedItem, ClaimedItem];
    const poisoned = [resultOf(a), resultOf(b, { response_body: 'a\0b' })];
    await expect(settleDeliveries(poisoned)).rejects.toMatchObject({ cause: { code: '22P05' } });
    expect(await stack.sql`select from webhook_attempts`).toHaveLength(0);
    expect(await stack.sql`select from webhook_queue where locked_until > now()`).toHaveLength(2);
    expect((await settleDeliveries([resultOf(a), resultOf(b)])).settled).toHaveLength(2);
  });

  it('keeps going, without a deadlock, while its webhook is switched off and on', async () => {
    const webhookId = await addWebhook(stack.sql, { max_in_flight: 50 });
    const ids = await queueDeliveries(stack.sql, webhookId, 200);
    const settled: string[] = [];
    const drain = async () => {
      let busy: ClaimedItem[] = [];
      while (settled.length < ids.length) {
        const { items } = (await claimOf(20, 'test', null)).batch;
        const all = [...busy, ...items];
        const answer = await settleDeliveries(all.map((item) => resultOf(item)));
        settled.push(...answer.settled);
        busy = all.filter(({ id }) => answer.busy.includes(id));
      }
    };
    const toggle = async () => {
      for (const status of Array.from({ length: 10 }, () => ['inactive', 'active']).flat()) {
        await stack.sql`update webhooks set status = ${status} where id = ${webhookId}`;
      }
    };
    const before = await deadlocks();
    await Promise.all([toggle(), drain(), drain(), drain()]);
    expect(await deadlocks()).toBe(before);
    expect(settled.sort()).toEqual(ids);
  });
});
