import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type ClaimedItem,
  createTestDelivery,
  maintainQueue,
  queueAgeMs,
  settleDeliveries,
} from '@/lib/store/queueStore';
import { startTestStack, type TestStack } from '../support/database';
import {
  addWebhook,
  claimOf,
  givenUp,
  queueDeliveries,
  resultOf,
  retryAfter,
  unknownId,
  waitForBlocked,
} from '../support/webhooks';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.stop());
beforeEach(
  () =>
    stack.sql`truncate webhooks, webhook_secrets, webhook_pace, webhook_health, webhook_queue, webhook_history, webhook_attempts, webhook_events`,
);

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
  it('claims, settles and ages', async () => {
    expect(await queueAgeMs()).toBeNull();
    expect(await claimOf(10, 'test', null)).toEqual({
      cursor: null,
      wait_ms: null,
      in_flight_elsewhere: 0,
      batch: { webhooks: {}, events: {}, items: [] },
    });
    const webhookId = await addWebhook(stack.sql);
    const [id = ''] = await queueDeliveries(stack.sql, webhookId);
    expect(await queueAgeMs()).toBeGreaterThan(999);
    const claim = await claimOf(10, 'test', '00000000-0000-7000-8000-000000000000');
    expect(claim.batch.items).toMatchObject([{ id, webhook_id: webhookId, fence: 1 }]);
    expect(await settleDeliveries(claim.batch.items.map((item) => resultOf(item)))).toEqual([id]);
    expect(await settleDeliveries([])).toEqual([]);
    await expect(maintainQueue(30)).resolves.toBeUndefined();
  });

  it('creates a test delivery, leased, with the payload as it was given', async () => {
    const webhookId = await addWebhook(stack.sql, { status: 'inactive' });
    const payload = { z: 1, a: '{"b":"\\"c\\""}', n: '12', é: '😀', deep: [{ '': null }] };
    const batch = await createTestDelivery(webhookId, { event_type: 'lead.created', payload }, 'tester');
    const [item] = batch.items;
    expect(batch.items).toHaveLength(1);
    expect(item).toMatchObject({ webhook_id: webhookId, is_test: true, fence: 1, attempt_count: 0 });
    expect(JSON.stringify(batch.events[item?.event_id ?? '']?.payload)).toBe(JSON.stringify(payload));
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
    expect((await settleDeliveries(results)).sort()).toEqual([a.id, b.id, c.id]);
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
    expect(await settleDeliveries([resultOf(a), resultOf(b)])).toHaveLength(2);
  });

  it('tries a settle again that Postgres sacrificed to a deadlock', async () => {
    const items = await leased(2);
    const ids = items.map(({ id }) => id);
    let settled: Promise<string[]> | undefined;
    const rival = stack.sql.begin(async (transaction) => {
      await transaction`set local deadlock_timeout = '30s'`;
      // One of the two rows stays ours, so that settle stops at it, holding the other or not yet.
      await transaction`select from webhook_queue where id = ${ids[1] ?? ''} for update`;
      settled = settleDeliveries(items.map((item) => resultOf(item)));
      await waitForBlocked(stack.sql);
      await transaction`select from webhook_queue where id = ${ids[0] ?? ''} for update`;
    });
    await rival;
    expect((await settled)?.sort()).toEqual(ids);
    expect(await stack.sql`select from webhook_attempts`).toHaveLength(2);
  });

  it('keeps going, without a deadlock, while its webhook is switched off and on', async () => {
    const webhookId = await addWebhook(stack.sql, { max_in_flight: 50 });
    const ids = await queueDeliveries(stack.sql, webhookId, 200);
    const settled: string[] = [];
    const drain = async () => {
      while (settled.length < ids.length) {
        const { items } = (await claimOf(20, 'test', null)).batch;
        settled.push(...(await settleDeliveries(items.map((item) => resultOf(item)))));
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
