import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createDrain } from '@/lib/engine/processDrain';
import type { Claim } from '@/lib/store/claimSchema';
import { emptyTables } from '../support/emptyTables';
import { claimOf, emitOf, settledIn } from '../support/ordered';
import { startReceiver } from '../support/receiver';
import { testStack } from '../support/testStack';
import { addWebhook, givenUp, resultOf } from '../support/webhooks';

/* Changes of a record that come soon after one another are one delivery. */

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

const coalescing = (fields: object = {}) =>
  addWebhook(stack.sql, { events: ['lead.updated', 'lead.created'], coalesce_seconds: 60, ...fields });
const queue = () => stack.sql<
  { id: string; merged: string[] | null; record_id: string; event_id: string; wait: number }[]
>`
  select id, merged, record_id, event_id, round(extract(epoch from due_at - now()))::int as wait from webhook_queue order by created_at, sequence`;
const update = (payload: object) =>
  stack.sql`select emit_webhook_event('lead.updated', ${JSON.stringify(payload)}::text::json)`;
const fallDue = () => stack.sql`update webhook_queue set due_at = now() - interval '1 second'`;
/** What a claim says that the receiver is to be sent. */
async function payloads(): Promise<unknown[]> {
  const { claim } = await claimOf(stack.sql);
  return claim.batch.items.map((item) => JSON.parse(payloadOf(claim, item)));
}
const payloadOf = ({ batch }: Claim, { id, event_id }: { id: string; event_id: string }) =>
  batch.apart?.[id]?.payload ?? batch.events[event_id]?.payload ?? '';

it('makes the updates of a record within the window one delivery, and leaves the events as they are', async () => {
  await coalescing();
  await update({ id: 'a', changes: { nom: 'B', email: 'x' }, previous: { nom: 'A', email: null } });
  await update({ id: 'a', changes: { nom: 'C' }, previous: { nom: 'B' } });
  await update({ id: 'a', changes: { tel: 7.1e1, nom: 'D' }, previous: { tel: 1, nom: 'C' }, by: 'last' });
  await emitOf(stack.sql, ['b']);
  const rows = await queue();
  expect(rows.map(({ record_id, merged }) => [record_id, merged?.length])).toEqual([
    ['a', 3],
    ['b', undefined],
  ]);
  const events = await stack.sql<{ id: string; deliveries: number }[]>`
    select id, deliveries from webhook_events order by sequence`;
  expect(events.map(({ deliveries }) => deliveries)).toEqual([1, 1, 1, 1]);
  expect(rows[0]?.merged).toEqual(events.slice(0, 3).map(({ id }) => id));
  expect(rows[0]?.event_id).toBe(events[2]?.id);
  expect(await payloads()).toEqual([]);
  await fallDue();
  expect(await payloads()).toContainEqual({
    id: 'a',
    changes: { email: 'x', nom: 'D', tel: 71 },
    previous: { email: null, nom: 'A', tel: 1 },
    by: 'last',
  });
});

it('waits for the window after the last one, and for five of them after the first at most', async () => {
  await coalescing();
  await emitOf(stack.sql, ['a']);
  await stack.sql`update webhook_queue set created_at = now() - interval '100 seconds', due_at = now() + interval '1 second'`;
  await emitOf(stack.sql, ['a']);
  expect((await queue()).map(({ wait }) => wait)).toEqual([60]);
  await stack.sql`update webhook_queue set created_at = now() - interval '280 seconds'`;
  await emitOf(stack.sql, ['a']);
  expect((await queue()).map(({ wait }) => wait)).toEqual([20]);
});

it('holds back no other type, and nothing of a payload without an id', async () => {
  await coalescing();
  await emitOf(stack.sql, ['a'], 'lead.created');
  await update({ changes: { nom: 'B' } });
  await update({ changes: { nom: 'C' } });
  expect((await queue()).map(({ wait, merged }) => [wait, merged])).toEqual([
    [0, null],
    [0, null],
    [0, null],
  ]);
});

it('adds nothing to what was begun with, is locked, or would be too large', async () => {
  await coalescing();
  await emitOf(stack.sql, ['a']);
  await fallDue();
  await claimOf(stack.sql);
  await emitOf(stack.sql, ['a']);
  expect(await queue()).toHaveLength(2);
  await stack.sql.begin(async (person) => {
    await person`select from webhook_queue where fence = 0 for update`;
    await emitOf(stack.sql, ['a']);
  });
  expect(await queue()).toHaveLength(3);
  const text = 'x'.repeat(100_000);
  for (const n of [1, 2, 3]) await update({ id: 'large', changes: { n, text } });
  expect((await queue()).map(({ merged }) => merged?.length ?? 1)).toEqual([1, 1, 1, 2, 1]);
});

it('of an ordered webhook merges nothing past what happened in between', async () => {
  await coalescing({ ordered: true });
  await emitOf(stack.sql, ['a', 'a']);
  await emitOf(stack.sql, ['a'], 'lead.created');
  await emitOf(stack.sql, ['a', 'a']);
  expect((await queue()).map(({ merged }) => merged?.length ?? 1)).toEqual([2, 1, 2]);
});

it('goes out with empty changes where all was changed back', async () => {
  await coalescing();
  await update({ id: 'a', changes: { nom: 'B' }, previous: { nom: 'A' } });
  await update({ id: 'a', changes: { nom: 'A' }, previous: { nom: 'B' } });
  await fallDue();
  expect(await payloads()).toEqual([{ id: 'a', changes: {}, previous: {} }]);
});

it('is the same delivery when it is given up and sent again, and says what it brought', async () => {
  await coalescing();
  await emitOf(stack.sql, ['a', 'a', 'a']);
  await fallDue();
  const { items } = await claimOf(stack.sql);
  await settledIn(
    stack.sql,
    items.map((item) => resultOf(item, givenUp())),
  );
  const [ended] = await stack.sql`select merged, payload_text from webhook_deliveries`;
  expect(ended?.merged).toHaveLength(3);
  expect(JSON.parse(ended?.payload_text)).toEqual({ id: 'a' });
  await stack.sql`select redeliver_webhook_deliveries(array[${items[0]?.id ?? ''}::uuid])`;
  expect(await queue()).toMatchObject([{ id: items[0]?.id, merged: ended?.merged }]);
  await stack.sql`select cancel_webhook_deliveries(array[${items[0]?.id ?? ''}::uuid])`;
  expect((await stack.sql`select merged from webhook_history`)[0]?.merged).toEqual(ended?.merged);
});

it('goes over the wire once, with the sequence of the last, and is kept as it went', {
  timeout: 90_000,
}, async () => {
  const receiver = await startReceiver();
  try {
    await coalescing({ url: receiver.url });
    await update({ id: 'a', changes: { nom: 'B', n: 1.5 }, previous: { nom: 'A', n: 1 } });
    await update({ id: 'a', changes: { nom: 'C' }, previous: { nom: 'B' } });
    await fallDue();
    await drained();
    expect(receiver.requests).toHaveLength(1);
    const [last] = await stack.sql`select max(sequence) as sequence from webhook_events`;
    expect(receiver.requests[0]?.headers['x-webhook-sequence']).toBe(String(last?.sequence));
    const body = String(receiver.requests[0]?.body);
    expect(JSON.parse(body).payload).toEqual({
      id: 'a',
      changes: { n: 1.5, nom: 'C' },
      previous: { n: 1, nom: 'A' },
    });
    expect(body).toBe(JSON.stringify(JSON.parse(body)));
    const [kept] = await stack.sql`select request_body from webhook_attempts`;
    expect(kept?.request_body).toBe(body);
  } finally {
    await receiver.close();
  }
});

describe('the changes of several updates', () => {
  const row = fc.record({
    nom: fc.constantFrom('A', 'B'),
    n: fc.constantFrom(null, 0, 1.5),
    tags: fc.constantFrom([], [{ x: 1 }]),
  });
  type Row = { [field: string]: unknown };
  const differ = (left: unknown, right: unknown) => JSON.stringify(left) !== JSON.stringify(right);
  const difference = (before: Row, after: Row) => {
    const fields = Object.keys(after)
      .filter((field) => differ(before[field], after[field]))
      .sort();
    const of = (source: Row) => Object.fromEntries(fields.map((field) => [field, source[field]]));
    return { changes: of(after), previous: of(before) };
  };

  it('are the difference between the row as it was before the first and as it is after the last', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 3, maxLength: 8 }), async (states) => {
        await emptyTables(stack.sql);
        await coalescing();
        const steps = states.slice(1).flatMap((state, n) => {
          const diff = difference(states[n] as Row, state);
          return Object.keys(diff.changes).length === 0 ? [] : [{ id: 'a', ...diff }];
        });
        fc.pre(steps.length > 1);
        for (const step of steps) await update(step);
        await fallDue();
        expect(await payloads()).toEqual([
          { id: 'a', ...difference(states[0] as Row, states.at(-1) as Row) },
        ]);
      }),
      { numRuns: 30, interruptAfterTimeLimit: 60_000 },
    );
  }, 120_000);
});
