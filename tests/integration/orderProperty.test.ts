import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ClaimedItem } from '@/lib/store/claimSchema';
import { emptyTables } from '../support/emptyTables';
import { claimOf, emitOf, settledIn } from '../support/ordered';
import { testStack } from '../support/testStack';
import { addWebhook, givenUp, resultOf, retryAfter } from '../support/webhooks';

/*
 * Whatever is emitted, claimed, settled, lost, cancelled and sent again, by two drains at the same moment: a record's deliveries leave
 * in the order of their events, never two at once, and nothing stays behind for ever.
 */

const stack = testStack();

type Held = ClaimedItem & { record: string; sequence: number };
type Step =
  | { do: 'emit'; records: string[] }
  | { do: 'claim'; drain: 'A' | 'B'; max: number }
  | { do: 'settle'; which: number; as: 'success' | 'retry' | 'failed' | 'released' }
  | { do: 'lapse'; which: number }
  | { do: 'cancel'; which: number }
  | { do: 'redeliver'; which: number };

const record = fc.constantFrom('a', 'a', 'b', 'c');
const which = fc.nat(20);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('emit' as const),
      records: fc.array(record, { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('claim' as const),
      drain: fc.constantFrom('A' as const, 'B' as const),
      max: fc.constantFrom(1, 3, 50),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('settle' as const),
      which,
      as: fc.constantFrom(
        'success' as const,
        'success' as const,
        'retry' as const,
        'failed' as const,
        'released' as const,
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('lapse' as const), which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('redeliver' as const), which }) },
);

const results = {
  success: {},
  retry: retryAfter(0),
  failed: givenUp(),
  released: { status: 'released' as const, delay_ms: 0 },
};

/** Two that run at the same moment, as drains and people do. */
async function run(steps: Step[][], orderWaits: boolean): Promise<void> {
  const { sql } = stack;
  await emptyTables(sql);
  await addWebhook(sql, {
    events: ['lead.updated'],
    ordered: true,
    order_waits: orderWaits,
    max_in_flight: 3,
  });
  const held: Held[] = [];
  const started = new Map<string, number>(); // of each record, the last event that was begun for the first time
  const redelivered = new Set<string>();
  let emitting = Promise.resolve();
  const begin = (items: Held[]) => {
    for (const item of items) {
      held.push(item);
      if (item.fence > 1 || redelivered.has(item.id)) continue;
      expect(item.sequence, 'in the order of the events').toBeGreaterThan(started.get(item.record) ?? 0);
      started.set(item.record, item.sequence);
    }
  };
  const take = (n: number) => (held.length === 0 ? undefined : held.splice(n % held.length, 1)[0]);
  const perform = async (one: Step) => {
    // One after the other, as those are who write a record's row.
    if (one.do === 'emit') {
      emitting = emitting.then(() => emitOf(sql, one.records));
      await emitting;
    }
    if (one.do === 'claim') begin((await claimOf(sql, one.drain, one.max)).items);
    if (one.do === 'settle') {
      const item = take(one.which);
      const written = item && (await settledIn(sql, [resultOf(item, results[one.as])]));
      // Locked by a claim at the moment: handed in again.
      if (item && written?.length === 0) await settledIn(sql, [resultOf(item, results[one.as])]);
    }
    if (one.do === 'lapse') {
      const item = take(one.which);
      if (item)
        await sql`update webhook_queue set locked_until = now() - interval '1 second' where id = ${item.id} and fence = ${item.fence}`;
    }
    if (one.do === 'cancel') {
      await sql`select cancel_webhook_deliveries(array(
        select id from webhook_queue where (locked_until > now()) is not true order by id offset ${one.which % 3} limit 1))`;
    }
    if (one.do === 'redeliver') {
      const [row] = await sql<{ id: string }[]>`
        select id from webhook_history where status = 'failed' order by id offset ${one.which % 3} limit 1`;
      if (!row) return;
      redelivered.add(row.id);
      await sql`select redeliver_webhook_deliveries(array[${row.id}::uuid])`;
    }
  };
  const check = async () => {
    const twice = await sql`
      select record_id from webhook_queue where locked_until > now() group by 1 having count(*) > 1`;
    expect(twice, 'never two of a record at once').toEqual([]);
    // Parked is who has somebody before him, or is known to be looked at again.
    const alone = await sql`
      select q.record_id from webhook_queue q where q.turn = 2
      and not exists (select from webhook_queue x where x.record_id = q.record_id and x.turn in (0, 1))
      and not exists (select from webhook_order_notes n where n.record_id = q.record_id)
      and not exists (select from webhook_stopped_records s where s.record_id = q.record_id)`;
    expect(alone, 'nobody behind nobody').toEqual([]);
  };

  for (const together of steps) {
    await Promise.all(together.map(perform));
    await check();
  }
  // Whatever is left goes out, with nobody in the way.
  for (let idle = 0; idle < 2; ) {
    await sql`update webhook_queue set locked_until = null where locked_until > now() and id <> all (${held.map(({ id }) => id)}::uuid[])`;
    await sql`delete from webhook_health`;
    const { items } = await claimOf(sql, 'A', 50);
    begin(items);
    const done = await settledIn(
      sql,
      held.splice(0).map((item) => resultOf(item)),
    );
    idle = items.length === 0 && done.length === 0 ? idle + 1 : 0;
    await check();
    if (idle === 1 && orderWaits)
      await sql`select pass_over_webhook_delivery(delivery_id) from webhook_stopped_records`;
  }
  expect(await sql`select id, turn, record_id from webhook_queue`, 'nothing stays behind').toEqual([]);
}

it('holds', { timeout: 280_000 }, async () => {
  const property = fc.asyncProperty(
    fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 5, maxLength: 25 }),
    fc.boolean(),
    run,
  );
  await fc.assert(property, { numRuns: 40, interruptAfterTimeLimit: 240_000 });
});
