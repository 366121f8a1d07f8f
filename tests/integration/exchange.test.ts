import { afterAll, beforeAll, expect, test } from 'vitest';
import { exchange } from '@/lib/dispatcher/exchange';
import type { SettledResult } from '@/lib/store/queueStore';
import { startTestStack, type TestStack } from '../support/database';
import { addWebhook, claimOf, queueDeliveries } from '../support/webhooks';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.stop());

test('a result that the database refuses does not keep the others from being written', async () => {
  const webhookId = await addWebhook(stack.sql, { max_in_flight: 20 });
  await queueDeliveries(stack.sql, webhookId, 9);
  const { batch } = await claimOf(20, 'test', null);
  const results = batch.items.map(
    (item, index): SettledResult => ({
      id: item.id,
      fence: item.fence,
      status: 'success',
      started_at: new Date().toISOString(),
      duration_ms: 1,
      response_status: 200,
      // What storableText exists to prevent: Postgres text holds no NUL.
      response_body: index === 4 ? 'a\u0000b' : 'ok',
    }),
  );
  const next = await exchange(results, 20, 'test', null);
  expect(next?.batch.items).toEqual([]);
  const written = await stack.sql`
    select h.status, a.response_body from webhook_history h join webhook_attempts a on a.delivery_id = h.id order by h.id`;
  expect(written).toHaveLength(9);
  expect(written.filter((row) => row.response_body === null)).toHaveLength(1);
});
