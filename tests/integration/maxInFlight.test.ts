import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createDrain } from '@/lib/engine/processDrain';
import { runJobStep } from '@/lib/store/upkeepStore';
import { startTestStack, type TestStack } from '../support/database';
import { emptyTables } from '../support/emptyTables';
import { type Receiver, startReceiver } from '../support/receiver';
import { addWebhook, claim } from '../support/webhooks';

/*
 * A webhook's max_in_flight is what its receiver never sees exceeded, whoever drains, whatever comes late, again or
 * back. The receiver counts.
 */

const atOnce = 5;

let stack: TestStack;
let receiver: Receiver;
let drains: ReturnType<typeof createDrain>[];

beforeAll(async () => {
  process.env.WEBHOOKS_LOG_ATTEMPTS = 'false';
  stack = await startTestStack();
});
beforeEach(async () => {
  receiver = await startReceiver({ delayMs: 15 });
  drains = ['one', 'two', 'three'].map((name) =>
    createDrain({ worker: { name, life: `${name}/1` }, mayHaveLeft: false }),
  );
});
afterEach(async () => {
  await Promise.all(drains.map((drain) => drain.stop(10_000)));
  await receiver.close();
  await emptyTables(stack.sql);
});
afterAll(() => stack.stop());

const emit = (sql: Pick<TestStack['sql'], 'unsafe'>, count: number) =>
  sql.unsafe(`select emit_webhook_event('lead.created', '{"id":"1"}') from generate_series(1, ${count})`);

const drainAll = () => {
  for (const drain of drains) void drain.runFor(60_000);
};

async function untilEmpty(timeoutMs = 30_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const [row] = await stack.sql<{ left: number }[]>`select count(*)::int as left from webhook_queue`;
    if (row?.left === 0) return;
    if (Date.now() > deadline) throw new Error(`${row?.left} are still queued`);
    for (const drain of drains) void drain.wake();
    await sleep(20);
  }
}

/** Emits in a transaction that commits later: its rows fall due before what others emitted and claimed meanwhile. */
const emitLate = (count: number, lateMs: number) =>
  stack.sql.begin(async (sql) => {
    await emit(sql, count);
    await sleep(lateMs);
  });

test('one drain more than another changes nothing: three share a queue', async () => {
  await addWebhook(stack.sql, { url: `${receiver.url}/hook`, max_in_flight: atOnce });
  await emit(stack.sql, 300);
  drainAll();
  await untilEmpty();
  expect(receiver.requests).toHaveLength(300);
  expect(receiver.peak()).toBe(atOnce);
});

test('a transaction that took long brings more rows than are looked at, due before those under way', async () => {
  receiver.answer({ delayMs: 2500 });
  await addWebhook(stack.sql, { url: `${receiver.url}/hook`, max_in_flight: atOnce });
  const commit = Promise.withResolvers<void>();
  const written = Promise.withResolvers<void>();
  const late = stack.sql.begin(async (sql) => {
    await emit(sql, 20 * atOnce);
    written.resolve();
    await commit.promise;
  });
  await written.promise;
  await emit(stack.sql, 4 * atOnce);
  void drains[0]?.runFor(60_000);
  await receiver.waitFor(atOnce);
  receiver.answer({ delayMs: 15 });
  commit.resolve();
  await late;
  // The others look at the queue again and again while the requests of the first are still under way.
  for (let look = 0; look < 20; look++) {
    for (const drain of drains) void drain.wake();
    await sleep(50);
  }
  expect(receiver.requests).toHaveLength(atOnce);
  await untilEmpty();
  expect(receiver.requests).toHaveLength(24 * atOnce);
  expect(receiver.peak()).toBe(atOnce);
});

test('a late transaction of retries and first tries, one after another', async () => {
  // One in three fails at first: retries have a lane of their own, and a share of the slots.
  const failed = new Set<string>();
  receiver.answer(({ headers }) => {
    const id = String(headers['webhook-id']);
    if (failed.has(id) || Number.parseInt(id.slice(-1), 16) % 3 > 0) return { delayMs: 20 };
    failed.add(id);
    return { delayMs: 20, status: 500 };
  });
  await addWebhook(stack.sql, { url: `${receiver.url}/hook`, max_in_flight: atOnce, retry_delay: 1 });
  drainAll();
  const late = Array.from({ length: 12 }, (_, n) =>
    sleep(n * 80).then(() => emitLate(3 * atOnce, 60 + (n % 4) * 90)),
  );
  await Promise.all(late);
  await untilEmpty();
  expect(failed.size).toBeGreaterThan(0);
  expect(receiver.peak()).toBe(atOnce);
});

test('redeliveries, replays and lapsed leases, while three drains work', async () => {
  const target = await addWebhook(stack.sql, {
    url: `${receiver.url}/hook`,
    max_in_flight: atOnce,
    retry_enabled: false,
  });
  // A quarter fails and is replayed; the breaker stays closed, for never 20 in a row do.
  receiver.answer(({ headers }) => ({
    delayMs: 20,
    status: Number.parseInt(String(headers['webhook-id']).slice(-1), 16) % 4 === 0 ? 500 : 200,
  }));
  await emit(stack.sql, 150);
  // A process that took some and died: nothing of it is under way when its leases lapse.
  const dead = await claim(stack.adminClient(), { max: 3, worker: 'dead' });
  expect(dead.batch.items).toHaveLength(3);
  drainAll();
  await receiver.waitFor(40);
  await stack.sql`update webhook_queue set locked_until = now() where worker = 'dead'`;

  const admin = await stack.clientFor('admin');
  for (let round = 0; round < 10; round++) {
    const ids = await stack.sql<{ id: string }[]>`
      select id from webhook_history where webhook_id = ${target} order by random() limit 20`;
    await admin.rpc('redeliver_webhook_deliveries', { delivery_ids: ids.map(({ id }) => id) });
    if (round % 3 === 0)
      await admin.rpc('replay_failed_deliveries', { since: '2026-01-01T00:00:00Z', target });
    await runJobStep();
    await emitLate(2 * atOnce, 40);
  }
  while ((await stack.sql`select from webhook_jobs where state = 'running'`).length > 0) await runJobStep();
  await untilEmpty();
  const [row] = await stack.sql<
    { deliveries: number }[]
  >`select count(*)::int as deliveries from webhook_history`;
  expect(row?.deliveries).toBe(150 + 10 * 2 * atOnce);
  expect(receiver.requests.length).toBeGreaterThan(350);
  expect(receiver.peak()).toBe(atOnce);
});
