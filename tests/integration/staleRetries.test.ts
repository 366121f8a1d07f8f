import { beforeEach, expect, it, vi } from 'vitest';
import { createDrain } from '@/lib/engine/processDrain';
import { emptyTables } from '../support/emptyTables';
import { claimOf, emitOf, settledIn } from '../support/ordered';
import { startReceiver } from '../support/receiver';
import { testStack } from '../support/testStack';
import { addWebhook, resultOf, retryAfter } from '../support/webhooks';

/* A webhook that skips retries which are out of date. */

const stack = testStack();
beforeEach(() => emptyTables(stack.sql));

/** Sends until nothing waits, but for what fails. */
async function drained(): Promise<void> {
  const drain = createDrain();
  const running = drain.runFor(60_000);
  await vi.waitFor(async () => expect(await stack.sql`select from webhook_queue`).toEqual([]), {
    timeout: 50_000,
  });
  await drain.stop(1000);
  await running;
}

const skipping = (fields: object = {}) =>
  addWebhook(stack.sql, { events: ['lead.updated'], stale_retries: 'skip', ...fields });
const claim = async () => (await claimOf(stack.sql)).items;
const [fails, nothing] = [retryAfter(0), { id: '', fence: 0 }];

/** Of two deliveries of a record, the older one failed. */
async function olderFailed(fields: object = {}) {
  const webhook = await skipping(fields);
  await emitOf(stack.sql, ['a', 'a', 'b']);
  const [first = nothing, second = nothing, other = nothing] = await claim();
  await settledIn(stack.sql, [resultOf(first, fails), resultOf(other, fails)]);
  return { webhook, first, second };
}

it('names, with a retry, the delivery that brought a newer state, and only then', async () => {
  const { first, second } = await olderFailed();
  await settledIn(stack.sql, [resultOf(second)]);
  const retries = await claim();
  expect(retries.map(({ record, superseded_by }) => [record, superseded_by])).toEqual([
    ['a', second.id],
    ['b', null],
  ]);
  expect(retries[0]?.id).toBe(first.id);
});

it('sends the retry while the newer one has not succeeded, and a first try always', async () => {
  const { second } = await olderFailed();
  await settledIn(stack.sql, [resultOf(second, fails)]);
  expect((await claim()).map(({ superseded_by }) => superseded_by)).toEqual([null, null, null]);
});

it('sends what a person sends again, and everything once it is switched off', async () => {
  const { webhook, first, second } = await olderFailed();
  await settledIn(stack.sql, [resultOf(second)]);
  const [retry = nothing] = await claim();
  await settledIn(stack.sql, [resultOf(retry, { status: 'failed', error_kind: 'status' })]);
  await stack.sql`select redeliver_webhook_deliveries(array[${first.id}::uuid])`;
  expect((await claim())[0]).toMatchObject({ id: first.id, superseded_by: null });
  await stack.sql`update webhook_queue set retry_count = 1, locked_until = null where id = ${first.id}`;
  expect((await claim())[0]).toMatchObject({ id: first.id, superseded_by: second.id });
  await stack.sql`update webhook_queue set locked_until = null where id = ${first.id}`;
  await stack.sql`update webhooks set stale_retries = 'send' where id = ${webhook}`;
  expect((await claim())[0]).toMatchObject({ id: first.id, superseded_by: null });
});

it('keeps the newest state of a record, in whichever order they succeed, and forgets it with age', async () => {
  await skipping();
  await emitOf(stack.sql, ['a', 'a', 'a']);
  const [first = nothing, second = nothing, third = nothing] = await claim();
  await settledIn(stack.sql, [resultOf(second), resultOf(third)]);
  await settledIn(stack.sql, [resultOf(first)]);
  const states = () => stack.sql`select delivery_id from webhook_record_states`;
  expect(await states()).toEqual([{ delivery_id: third.id }]);
  await stack.sql`select run_webhook_chore('forget_record_states', 30)`;
  expect(await states()).toHaveLength(1);
  await stack.sql`update webhook_record_states set delivered_at = now() - interval '31 days'`;
  await stack.sql`select run_webhook_chore('forget_record_states', 30)`;
  expect(await states()).toHaveLength(0);
});

it('keeps nothing of other webhooks', async () => {
  await addWebhook(stack.sql, { events: ['lead.updated'] });
  await emitOf(stack.sql, ['a']);
  const [only = nothing] = await claim();
  await settledIn(stack.sql, [resultOf(only)]);
  expect(await stack.sql`select from webhook_record_states`).toHaveLength(0);
  expect(await stack.sql`select from webhook_history where status = 'success'`).toHaveLength(1);
});

it('ends it as skipped, without a request', { timeout: 90_000 }, async () => {
  const receiver = await startReceiver();
  try {
    const { first, second } = await olderFailed({ url: receiver.url });
    await settledIn(stack.sql, [resultOf(second)]);
    await drained();
    const [row] = await stack.sql`
      select status, last_error_kind, last_error, last_status_code from webhook_deliveries where id = ${first.id}`;
    expect(row).toEqual({
      status: 'skipped',
      last_error_kind: 'superseded',
      last_error: `Delivery ${second.id} brought a newer state of its record meanwhile.`,
      last_status_code: null,
    });
    expect(receiver.requests).toHaveLength(1); // that of the other record
    const [hour] =
      await stack.sql`select sum(skipped)::int as skipped, sum(failed)::int as failed from webhook_stats_hourly`;
    expect(hour).toEqual({ skipped: 1, failed: 0 });
  } finally {
    await receiver.close();
  }
});
