import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { exchange } from '@/lib/engine/exchange';
import type { SettledResult } from '@/lib/store/queueStore';
import { startTestStack, type TestStack } from '../support/database';
import { addWebhook, claimOf, queueDeliveries } from '../support/webhooks';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterEach(() =>
  stack.sql`delete from webhooks`.then(
    () => stack.sql`truncate webhook_queue, webhook_history, webhook_attempts`,
  ),
);
afterAll(() => stack.stop());

const request = { maxItems: 20, worker: 'test', after: null };

/** Results of nine deliveries, the fifth with something that Postgres does not take. */
async function resultsWith(refused: Partial<SettledResult>): Promise<SettledResult[]> {
  const webhookId = await addWebhook(stack.sql, { max_in_flight: 20 });
  await queueDeliveries(stack.sql, webhookId, 9);
  const { batch } = await claimOf(20, 'test', null);
  return batch.items.map(({ id, fence }, index) => ({
    id,
    fence,
    status: 'success',
    started_at: new Date().toISOString(),
    duration_ms: 1,
    response_status: 200,
    response_body: 'ok',
    ...(index === 4 && refused),
  }));
}

test('a result that the database refuses does not keep the others from being written', async () => {
  // What storableText exists to prevent: Postgres text holds no NUL.
  const results = await resultsWith({ response_body: 'a\u0000b' });
  const next = await exchange(results, request);
  expect(next?.batch.items).toEqual([]);
  const written = await stack.sql`
    select h.status, a.response_body from webhook_history h join webhook_attempts a on a.delivery_id = h.id order by h.id`;
  expect(written).toHaveLength(9);
  expect(written.filter((row) => row.response_body === null)).toHaveLength(1);
});

test('one that is refused whatever is left out is dropped, and its delivery stays for a later claim', async () => {
  const results = await resultsWith({ duration_ms: 2 ** 40 });
  await exchange(results, request);
  expect(await stack.sql`select from webhook_history`).toHaveLength(8);
  expect(await stack.sql`select id from webhook_queue`).toEqual([{ id: results[4]?.id }]);
});
