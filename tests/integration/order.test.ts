import { beforeEach, describe, expect, it } from 'vitest';
import { emptyTables } from '../support/emptyTables';
import { claimOf, emitOf, settledIn } from '../support/ordered';
import { testStack } from '../support/testStack';
import { addWebhook, dataOf, finishJobs, givenUp, resultOf, retryAfter } from '../support/webhooks';

/* Deliveries of an ordered webhook: of each record one after the other. */

const stack = testStack();
beforeEach(() => emptyTables(stack.sql));

const ordered = (fields: object = {}) =>
  addWebhook(stack.sql, { events: ['lead.updated'], ordered: true, ...fields });
const claim = async (max?: number) => (await claimOf(stack.sql, 'test', max)).items;
const recordsOf = (items: { record: string }[]) => items.map(({ record }) => record);
const waits = () => stack.sql`
  select waits_for, follows, next_attempt_at from webhook_deliveries where finished_at is null and not in_flight order by id`;

it('lets one delivery of a record out at a time, and holds no other record', async () => {
  await ordered();
  await emitOf(stack.sql, ['a', 'a', 'b', 'a', 'c', 'b']);
  const first = await claim();
  expect(recordsOf(first).sort()).toEqual(['a', 'b', 'c']);
  expect(await claim()).toEqual([]);
  await settledIn(stack.sql, [resultOf(first.find(({ record }) => record === 'a') ?? { id: '', fence: 0 })]);
  const second = await claim();
  expect(recordsOf(second)).toEqual(['a']);
  await emitOf(stack.sql, ['a', 'd']);
  expect(recordsOf(await claim())).toEqual(['d']);
});

it('keeps a record behind its failing delivery until that is given up, and lets others pass', async () => {
  await ordered();
  await emitOf(stack.sql, ['a', 'b', 'a', 'b']);
  const [a, b] = await claim();
  await settledIn(stack.sql, [
    resultOf(a ?? { id: '', fence: 0 }, retryAfter(3_600_000)),
    resultOf(b ?? { id: '', fence: 0 }),
  ]);
  expect(recordsOf(await claim())).toEqual(['b']);
  expect(await waits()).toMatchObject([
    { waits_for: 'time', follows: null },
    { waits_for: 'record', follows: a?.id, next_attempt_at: null },
  ]);
  await stack.sql`update webhook_queue set due_at = now() - interval '1 second' where retry_count = 1`;
  const [again] = await claim();
  expect(again).toMatchObject({ id: a?.id, retry_count: 1 });
  await settledIn(stack.sql, [resultOf(again ?? { id: '', fence: 0 }, givenUp())]);
  expect(recordsOf(await claim())).toEqual(['a']);
});

it('treats events without an id as nobody’s, and each payload’s id as text', async () => {
  await ordered();
  await stack.sql`select emit_webhook_events('[
    {"event_type":"lead.updated","payload":{}},{"event_type":"lead.updated","payload":{}},{"event_type":"lead.updated","payload":[1]},
    {"event_type":"lead.updated","payload":{"id":7}},{"event_type":"lead.updated","payload":{"id":"7"}}]')`;
  expect(await claim()).toHaveLength(4);
  const long = 'x'.repeat(100_000);
  await emitOf(stack.sql, [long, `${long}y`, long]);
  expect(await claim()).toHaveLength(2);
});

describe('a webhook that waits for a person', () => {
  /** Of two events of a record, the first one failed for good. */
  async function stopped() {
    const id = await ordered({ order_waits: true });
    await emitOf(stack.sql, ['a', 'a', 'b', 'a']);
    const [a, b] = await claim();
    await settledIn(stack.sql, [
      resultOf(a ?? { id: '', fence: 0 }, givenUp()),
      resultOf(b ?? { id: '', fence: 0 }),
    ]);
    expect(await claim()).toEqual([]);
    return { id, failed: a?.id ?? '' };
  }
  const redeliver = (id: string) => stack.sql`select redeliver_webhook_deliveries(array[${id}::uuid])`;

  it('sends nothing more of the record, says why, and is not moved by new events', async () => {
    const { failed } = await stopped();
    await emitOf(stack.sql, ['a', 'b']);
    expect(recordsOf(await claim())).toEqual(['b']);
    const waiting = (await waits()).map(({ waits_for, follows }) => [waits_for, follows]);
    expect(waiting).toEqual(Array.from({ length: 3 }, () => ['record', failed]));
  });

  it('goes on when what failed was sent again and succeeded, and not before', async () => {
    const { failed } = await stopped();
    await redeliver(failed);
    const [again] = await claim();
    expect(again?.id).toBe(failed);
    await settledIn(stack.sql, [resultOf(again ?? { id: '', fence: 0 }, givenUp())]);
    expect(await claim()).toEqual([]);
    await redeliver(failed);
    const [last] = await claim();
    await settledIn(stack.sql, [resultOf(last ?? { id: '', fence: 0 })]);
    expect(recordsOf(await claim())).toEqual(['a']);
  });

  it('goes on when somebody says so', async () => {
    const { failed } = await stopped();
    const admin = await stack.clientFor('admin');
    expect(dataOf(await admin.rpc('pass_over_webhook_delivery', { delivery_id: failed }))).toBe(true);
    expect(dataOf(await admin.rpc('pass_over_webhook_delivery', { delivery_id: failed }))).toBe(false);
    expect(recordsOf(await claim())).toEqual(['a']);
  });

  it('goes on when what failed is cancelled after it was sent again', async () => {
    const { failed } = await stopped();
    await redeliver(failed);
    await stack.sql`select cancel_webhook_deliveries(array[${failed}::uuid])`;
    expect(recordsOf(await claim())).toEqual(['a']);
  });

  it.each([{ order_waits: false }, { ordered: false }])(
    'goes on when it no longer is one: %j',
    async (change) => {
      const { id } = await stopped();
      await stack.sql`update webhooks set ${stack.sql(change)} where id = ${id}`;
      expect(recordsOf(await claim())).toEqual(['a']);
      expect(await stack.sql`select from webhook_stopped_records`).toHaveLength(0);
      await claim();
      expect(await stack.sql`select from webhook_order_notes`).toHaveLength(0);
    },
  );

  it('leaves nothing behind when it is deleted', async () => {
    const { id } = await stopped();
    await stack.sql`delete from webhooks where id = ${id}`;
    await finishJobs(stack.adminClient());
    for (const table of ['webhook_queue', 'webhook_stopped_records', 'webhooks'])
      expect(await stack.sql`select from ${stack.sql(table)}`).toHaveLength(0);
  });
});

describe('what happens to a delivery that stands behind another one', () => {
  const ids = async () => {
    const rows = await stack.sql<{ id: string }[]>`select id from webhook_queue order by sequence`;
    return rows.map(({ id }) => id);
  };

  it('cancelled, it leaves the others where they are', async () => {
    await ordered();
    await emitOf(stack.sql, ['a', 'a', 'a']);
    const [first] = await claim();
    const [, second, third] = await ids();
    await stack.sql`select cancel_webhook_deliveries(array[${second ?? ''}::uuid])`;
    expect(await claim()).toEqual([]);
    await settledIn(stack.sql, [resultOf(first ?? { id: '', fence: 0 })]);
    expect((await claim()).map(({ id }) => id)).toEqual([third]);
  });

  it('locked by somebody when its turn comes, it keeps its place, and goes when they are done', async () => {
    await ordered();
    await emitOf(stack.sql, ['a', 'a', 'b']);
    const [first] = await claim();
    const [, second] = await ids();
    await stack.sql.begin(async (person) => {
      await person`select from webhook_queue where id = ${second ?? ''} for update`;
      await settledIn(stack.sql, [resultOf(first ?? { id: '', fence: 0 })]);
      const { items, claim } = await claimOf(stack.sql);
      expect([items, claim.wait_ms]).toEqual([[], expect.any(Number)]);
    });
    expect((await claim()).map(({ id }) => id)).toEqual([second]);
    expect(await stack.sql`select from webhook_order_notes`).toHaveLength(0);
  });

  it('put behind one that is just ending, it is not forgotten', async () => {
    await ordered();
    await emitOf(stack.sql, ['a']);
    const [first = { id: '', fence: 0 }] = await claim();
    await stack.sql.begin(async (drain) => {
      await settledIn(drain, [resultOf(first)]);
      await emitOf(stack.sql, ['a']);
      expect(await claim()).toEqual([]);
    });
    expect(recordsOf(await claim())).toEqual(['a']);
  });

  it('its webhook no longer ordered, it still goes in its turn', async () => {
    const id = await ordered();
    await emitOf(stack.sql, ['a', 'a']);
    const [first] = await claim();
    await stack.sql`update webhooks set ordered = false where id = ${id}`;
    await emitOf(stack.sql, ['a']);
    const [newer] = await claim();
    expect(newer?.sequence).toBeGreaterThan(first?.sequence ?? 0);
    await settledIn(stack.sql, [resultOf(first ?? { id: '', fence: 0 })]);
    expect(await claim()).toHaveLength(1);
  });

  it('sent again by hand, it goes before newer ones and after what is under way', async () => {
    await ordered();
    await emitOf(stack.sql, ['a', 'a', 'a']);
    const [first] = await claim();
    await settledIn(stack.sql, [resultOf(first ?? { id: '', fence: 0 }, givenUp())]);
    const [second] = await claim();
    await stack.sql`select redeliver_webhook_deliveries(array[${first?.id ?? ''}::uuid])`;
    expect(await claim()).toEqual([]);
    await settledIn(stack.sql, [resultOf(second ?? { id: '', fence: 0 })]);
    expect((await claim()).map(({ id }) => id)).toEqual([first?.id]);
  });
});

it('is kept by claims in the transaction of the events', async () => {
  await ordered();
  const texts = ['a', 'b', 'a'].map((id) => JSON.stringify({ event_type: 'lead.updated', payload: { id } }));
  const [row] = await stack.sql<{ answer: string }[]>`
    select emit_and_claim_webhook_deliveries(${texts}, null, null, 10, 'own/1', null, null) as answer`;
  expect(JSON.parse(row?.answer ?? '').claim.batch.items).toHaveLength(2);
});

it('costs a claim no more than a bounded number of rows with 10,000 events of one record before the others', async () => {
  await ordered({ max_in_flight: 100 });
  await emitOf(
    stack.sql,
    Array.from({ length: 10_000 }, () => 'a'),
  );
  await emitOf(stack.sql, ['b', 'c']);
  const seen: string[] = [];
  let looks = 0;
  let most = 0;
  for (; !seen.includes('c') && looks < 60; looks += 1) {
    const [row] =
      await stack.sql`explain (analyze, buffers, format json) select claim_webhook_deliveries(10, 'other')`;
    const plan = row?.['QUERY PLAN'][0].Plan;
    most = Math.max(most, plan['Shared Hit Blocks'] + plan['Shared Read Blocks']);
    const rows = await stack.sql<
      { record_id: string }[]
    >`select record_id from webhook_queue where locked_until > now()`;
    seen.splice(0, seen.length, ...rows.map(({ record_id }) => record_id));
  }
  expect(seen.sort()).toEqual(['a', 'b', 'c']);
  expect(looks).toBeLessThan(50);
  expect(most).toBeLessThan(20_000);
});
