import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { stopDrain } from '@/lib/engine/processDrain';
import { runCron } from '@/lib/services/cronService';
import { webhookService } from '@/lib/services/webhookService';
import { startTestStack, type TestStack } from '../support/database';
import { holdLog } from '../support/heldLog';
import { type Receiver, startReceiver } from '../support/receiver';
import { addWebhook, queueDeliveries } from '../support/webhooks';

let stack: TestStack;
let receiver: Receiver;
beforeAll(async () => {
  stack = await startTestStack();
  receiver = await startReceiver();
});
afterAll(async () => {
  await stopDrain();
  await receiver.close();
  await stack.stop();
});

const makeAllChoresDue = () =>
  stack.sql`update webhook_chores set last_success_at = null, last_failure_at = null, error = null`;

test('a call with no budget does what is due of upkeep', async () => {
  await makeAllChoresDue();
  const { drained, chores } = await runCron(0);
  expect(drained).toBe(true);
  expect(Object.keys(chores).length).toBeGreaterThan(5);
  expect(new Set(Object.values(chores))).toEqual(new Set(['done']));
  expect(await stack.sql`select from webhook_chores where last_success_at is null`).toHaveLength(0);
  expect((await runCron(0)).chores).toEqual({});
});

test('a chore that meets a lock fails alone, is told of and tried again; what is due goes out meanwhile', async () => {
  holdLog();
  const webhookId = await addWebhook(stack.sql, { url: receiver.url });
  const [today] = await stack.sql<
    { day: string }[]
  >`select to_char(now() at time zone 'UTC' + interval '7 days', 'YYYYMMDD') as day`;
  await stack.sql.unsafe(`drop table webhook_partitions.webhook_history_${today?.day}`);
  await makeAllChoresDue();
  await stack.sql.begin(async (transaction) => {
    await transaction`lock table webhook_history in exclusive mode`;
    const cron = runCron(1500);
    await queueDeliveries(stack.sql, webhookId, 1);
    await receiver.waitFor(1, 1500);
    const { chores } = await cron;
    expect(chores.make_partitions).toBe('failed');
    expect(Object.values(chores).filter((outcome) => outcome === 'done').length).toBeGreaterThan(5);
    const [failed] =
      await stack.sql`select last_failure_at, error from webhook_chores where chore = 'make_partitions'`;
    expect(failed?.error).toContain('lock timeout');
  });
  expect((await runCron(0)).chores).toMatchObject({ make_partitions: 'done' });
  expect(await stack.sql`select from webhook_chores where error is not null`).toHaveLength(0);
});

test.each([
  ['rows of inactive webhooks', `select from webhooks where status = 'inactive' for update`],
  ['every webhook', 'select from webhooks for update'],
  ['every chore', 'select from webhook_chores for update'],
  ['the health of receivers', 'select from webhook_health for update'],
  ['what a dump reads', 'lock table webhook_events, webhook_history, webhook_attempts in access share mode'],
])('what is due goes out while somebody holds %s and all chores are due', async (_, hold) => {
  holdLog();
  const webhookId = await addWebhook(stack.sql, { url: receiver.url });
  const off = await addWebhook(stack.sql, { url: receiver.url, status: 'inactive' });
  await stack.sql`
    insert into webhook_health (webhook_id, failures, failing_since, last_failed_at)
    values (${off}, 40, now() - interval '6 days', now())`;
  await makeAllChoresDue();
  const before = receiver.requests.length;
  await stack.sql.begin(async (transaction) => {
    await transaction.unsafe(hold);
    await queueDeliveries(stack.sql, webhookId, 5);
    const cron = runCron(1500);
    await receiver.waitFor(before + 5, 1500);
    expect((await cron).drained).toBe(true);
  });
  // The chores that met the lock have been told of; now they are done.
  await vi.waitFor(async () => {
    await runCron(0);
    expect(await stack.sql`select chore from webhook_chores where last_success_at is null`).toEqual([]);
  }, 10_000);
});

test('background jobs are worked on beside the sending', async () => {
  const doomed = await addWebhook(stack.sql, { url: receiver.url, status: 'inactive' });
  await queueDeliveries(stack.sql, doomed, 1500);
  await stack.sql`select delete_webhook(${doomed})`;
  const before = receiver.requests.length;
  await addWebhook(stack.sql, { url: receiver.url, events: ['lead.updated'] });
  const cron = runCron(2000);
  await webhookService.triggerWebhooksForEvent('lead.updated', { id: '1' });
  await receiver.waitFor(before + 1, 1000);
  await cron;
  // However little of a busy machine it gets: each call goes on with it.
  await vi.waitFor(async () => {
    await runCron(500);
    expect(await stack.sql`select state, done from webhook_jobs`).toEqual([
      { state: 'finished', done: 1500 },
    ]);
  }, 40_000);
  expect(await stack.sql`select from webhooks where id = ${doomed}`).toHaveLength(0);
});
