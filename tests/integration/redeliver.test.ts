import type { SupabaseClient } from '@supabase/supabase-js';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { emptyTables } from '../support/emptyTables';
import { testStack } from '../support/testStack';
import {
  addWebhook,
  claimAll,
  dataOf,
  givenUp,
  queueDeliveries,
  resultOf,
  retryAfter,
  settle,
  unknownId,
} from '../support/webhooks';

const stack = testStack();
let admin: SupabaseClient;
beforeAll(async () => {
  admin = await stack.clientFor('admin');
});
beforeEach(async () => {
  await emptyTables(stack.sql);
});

type Redelivered = { id: string; result: string }[];
const redeliver = async (...ids: string[]) =>
  dataOf<Redelivered>(await admin.rpc('redeliver_webhook_deliveries', { delivery_ids: ids }));
const deliveryOf = async (id: string) => {
  const rows = await stack.sql`select * from webhook_deliveries where id = ${id}`;
  expect(rows).toHaveLength(1);
  return rows[0] ?? {};
};

/** Deliveries of one webhook that were claimed and settled with these results. */
async function settled(webhookId: string, count: number, fields: Parameters<typeof resultOf>[1]) {
  const ids = await queueDeliveries(stack.sql, webhookId, count);
  const items = await claimAll(stack.adminClient());
  await settle(
    stack.adminClient(),
    items.filter((item) => ids.includes(item.id)).map((item) => resultOf(item, fields)),
  );
  return ids;
}

describe('redelivery', () => {
  it.each([
    ['failed', givenUp()],
    ['successful', {}],
  ])('of a %s delivery sends it again under its id, with all its retries', async (_what, fields) => {
    const webhookId = await addWebhook(stack.sql);
    const [id = ''] = await settled(webhookId, 1, fields);
    const before = await deliveryOf(id);
    expect(await redeliver(id)).toEqual([{ id, result: 'queued' }]);
    expect(await stack.sql`select from webhook_history`).toHaveLength(0);
    expect(await deliveryOf(id)).toEqual({
      ...before,
      status: 'pending',
      retry_count: 0,
      finished_at: null,
      next_attempt_at: expect.any(Date),
    });
    const [row] = await stack.sql`select payload_bytes from webhook_queue`;
    expect(row?.payload_bytes).toBe('{"id":"1"}'.length);
    const [item] = await claimAll(stack.adminClient());
    expect(item).toMatchObject({ id, event_id: before.event_id, retry_count: 0, attempt_count: 1 });
    await settle(stack.adminClient(), [resultOf(item ?? { id, fence: 0 })]);
    expect(await deliveryOf(id)).toMatchObject({ status: 'success', attempt_count: 2 });
    const attempts =
      await stack.sql`select attempt from webhook_attempts where delivery_id = ${id} order by 1`;
    expect(attempts.map((row) => row.attempt)).toEqual([1, 2]);
  });

  it('counts attempts on through retries and several redeliveries', async () => {
    const webhookId = await addWebhook(stack.sql);
    const [id = ''] = await settled(webhookId, 1, givenUp());
    for (const fields of [retryAfter(0), givenUp(), {}]) {
      if ((await deliveryOf(id)).finished_at) await redeliver(id);
      const [item] = await claimAll(stack.adminClient());
      expect(await settle(stack.adminClient(), [resultOf(item ?? { id, fence: 0 }, fields)])).toEqual([id]);
    }
    const attempts =
      await stack.sql`select attempt from webhook_attempts where delivery_id = ${id} order by 1`;
    expect(attempts.map((row) => row.attempt)).toEqual([1, 2, 3, 4]);
    expect(await deliveryOf(id)).toMatchObject({ status: 'success', attempt_count: 4, retry_count: 0 });
  });

  it('of a waiting delivery makes it due now and keeps its retries', async () => {
    const webhookId = await addWebhook(stack.sql);
    const [id = ''] = await settled(webhookId, 1, retryAfter(3_600_000));
    expect(await claimAll(stack.adminClient())).toEqual([]);
    expect(await redeliver(id)).toEqual([{ id, result: 'queued' }]);
    expect(await claimAll(stack.adminClient())).toMatchObject([{ id, retry_count: 1, attempt_count: 1 }]);
  });

  it('of what cannot go out now says why, and changes nothing', async () => {
    const { sql } = stack;
    const inactive = await addWebhook(sql);
    const [final = ''] = await settled(inactive, 1, givenUp());
    const [waiting = ''] = await queueDeliveries(sql, inactive);
    await sql`update webhooks set status = 'inactive' where id = ${inactive}`;
    const deleted = await addWebhook(sql);
    const [orphan = ''] = await settled(deleted, 1, givenUp());
    await sql`delete from webhooks where id = ${deleted}`;
    const [flying = ''] = await queueDeliveries(sql, await addWebhook(sql));
    await claimAll(stack.adminClient());
    const unknown = unknownId();
    const everything = () => sql`select * from webhook_deliveries order by id`;
    const before = await everything();

    const answer = await redeliver(final, waiting, orphan, flying, unknown);
    expect(new Map(answer.map(({ id, result }) => [id, result]))).toEqual(
      new Map([
        [final, 'webhook_inactive'],
        [waiting, 'webhook_inactive'],
        [orphan, 'not_found'],
        [flying, 'in_flight'],
        [unknown, 'not_found'],
      ]),
    );
    expect(await everything()).toEqual(before);
    expect(await redeliver()).toEqual([]);
  });

  it('of an id that is named twice happens once', async () => {
    const [id = ''] = await settled(await addWebhook(stack.sql), 1, givenUp());
    expect(await redeliver(id, id)).toEqual([{ id, result: 'queued' }]);
    expect(await deliveryOf(id)).toMatchObject({ status: 'pending' });
  });

  it('of a test works on an inactive webhook, as the test did', async () => {
    const webhook_id = await addWebhook(stack.sql, { status: 'inactive' });
    const created = await stack
      .adminClient()
      .rpc('create_test_delivery', { webhook_id, event_type: 'webhook.test', payload: {}, worker: 'test' });
    const [item] = dataOf<{ items: { id: string; fence: number }[] }>(created).items;
    await settle(stack.adminClient(), [resultOf(item ?? { id: '', fence: 0 }, givenUp())]);
    expect(await redeliver(item?.id ?? '')).toEqual([{ id: item?.id, result: 'queued' }]);
    expect(await claimAll(stack.adminClient())).toMatchObject([{ id: item?.id, is_test: true }]);
  });

  it('asked for by several people at the same moment happens once', async () => {
    const ids = await settled(await addWebhook(stack.sql, { max_in_flight: 100 }), 50, givenUp());
    const answers = await Promise.all(
      Array.from({ length: 4 }, (_, n) => redeliver(...(n % 2 ? ids : [...ids].reverse()))),
    );
    const queued = answers.flat().filter(({ result }) => result === 'queued');
    expect(new Set(queued.map(({ id }) => id)).size).toBe(50);
    expect(await stack.sql`select from webhook_queue`).toHaveLength(50);
    expect(await stack.sql`select from webhook_history`).toHaveLength(0);
  });
});
