// @module-tag local
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { exchangeDeliveries } from '@/lib/store/queueStore';
import { listenForDeliveries } from '../../scripts/stack/queueListener';
import { startTestStack, type TestStack } from '../support/database';
import { emptyTables } from '../support/emptyTables';
import { type Receiver, startReceiver } from '../support/receiver';
import { addWebhook, claimAll, resultOf } from '../support/webhooks';

/*
 * Events written in SQL while all drains are quiet: whoever listens is told of them, and calls the drain route.
 */

let stack: TestStack;
let route: Receiver;
let stopListening: () => Promise<void>;
const errors: string[] = [];
const patience = { timeout: 10_000 };

beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.stop());
beforeEach(async () => {
  errors.length = 0;
  await emptyTables(stack.sql, 'webhooks, webhook_queue, webhook_workers');
  await addWebhook(stack.sql);
  route = await startReceiver();
  stopListening = await listenForDeliveries({
    databaseUrl: stack.databaseUrl,
    route: { url: route.url, cronSecret: 'cron-secret', requireOwnAnswer: async () => {} },
    onError: (message) => errors.push(message),
  });
  await route.waitFor(1); // for what came before it listened
});
afterEach(async () => {
  await stopListening();
  await route.close();
});

const emit = () => stack.sql`select emit_webhook_event('lead.created', '{"id": "1"}')`;

it('calls the drain route with its secret, at once', async () => {
  const began = Date.now();
  await emit();
  const [, call] = await route.waitFor(2);
  // Less than the look of a quiet drain.
  expect(Date.now() - began).toBeLessThan(5000);
  expect(call?.path).toBe('/api/cron/drain-deliveries?budget=1');
  expect(call?.headers.authorization).toBe('Bearer cron-secret');
});

it('is told of nothing while a drain is at work', async () => {
  const told: string[] = [];
  const { unlisten } = await stack.sql.listen('webhook_queue', (payload) => told.push(payload));
  /** What was told before now: notifications arrive in their order. */
  const toldSoFar = async () => {
    await stack.sql.notify('webhook_queue', 'now');
    await expect.poll(() => told, patience).toContain('now');
    return told.splice(0).filter((payload) => payload !== 'now');
  };
  await emit();
  expect(await toldSoFar()).toHaveLength(1);
  const results = (await claimAll(stack.adminClient())).map((item) => resultOf(item));
  await exchangeDeliveries(results, { maxItems: 0, worker: 'test', after: null });
  await emit();
  expect(await toldSoFar()).toHaveLength(0);
  await stack.sql`update webhook_workers set last_settled_at = now() - interval '51 seconds'`;
  await emit();
  expect(await toldSoFar()).toHaveLength(1);
  await unlisten();
});

it('listens again when its connection is lost, and calls for what it may have missed', async () => {
  const ended = await stack.sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and query ilike 'listen%'`;
  expect(ended).toHaveLength(1);
  await route.waitFor(2);
  await emit();
  await route.waitFor(3);
});

it('tells of a call that failed, and goes on', async () => {
  route.script([{ status: 500, body: 'no' }]);
  await emit();
  await route.waitFor(2);
  await expect.poll(() => errors, patience).toEqual([expect.stringContaining('500 no')]);
  await emit();
  await route.waitFor(3);
});
