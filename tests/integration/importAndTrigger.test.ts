import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startTestStack, type TestStack } from '../support/database';
import { addWebhook } from '../support/webhooks';

/*
 * A row's own event, and code that triggers the same: never two, never none.
 */

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
  await stack.sql.unsafe(
    `create table things (id bigint primary key, a int); select attach_webhook_source('things', kind => 'thing');`,
  );
});
afterAll(() => stack.stop());
const empty = () =>
  stack.sql.unsafe(
    'delete from things; delete from webhook_events; delete from webhook_queue; delete from webhook_row_events; delete from webhooks',
  );
beforeEach(async () => {
  await empty();
});

type Step = { does: 'write' | 'trigger' | 'batch'; id: number };
const steps = fc.array(
  fc.record<Step>({
    does: fc.constantFrom('write', 'trigger', 'batch'),
    id: fc.integer({ min: 1, max: 3 }),
  }),
  { maxLength: 12 },
);
const trigger = (id: number) =>
  stack.sql`select emit_webhook_event('thing.updated', json_build_object('id', ${id}::bigint)) ->> 'event_id' as event`;
const batch = (ids: number[]) =>
  stack.sql`select emit_webhook_events((select json_agg(json_build_object('event_type', 'thing.updated', 'payload', json_build_object('id', x)))
    from unnest(${ids}::int[]) x))`;
const write = (id: number) => stack.sql`update things set a = coalesce(a, 0) + 1 where id = ${id}`;
const counted = async (table: 'webhook_events' | 'webhook_queue') => {
  const [row] =
    await stack.sql`select count(*)::int as n from ${stack.sql(table)} where event_type = 'thing.updated'`;
  return row?.n as number;
};

it('whatever is written and triggered, one after the other', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      await empty();
      await addWebhook(stack.sql, { events: ['thing.*'] });
      await stack.sql`insert into things select n from generate_series(1, 3) n`;
      const untold = new Map<number, number>();
      let expected = 0;
      const answer = (id: number) => {
        const own = untold.get(id) ?? 0;
        if (own > 0) untold.set(id, own - 1);
        else expected += 1;
      };
      for (const { does, id } of all) {
        if (does === 'write') {
          await write(id);
          untold.set(id, (untold.get(id) ?? 0) + 1);
          expected += 1;
        } else if (does === 'trigger') {
          await trigger(id);
          answer(id);
        } else {
          await batch([id, 1, id]);
          for (const one of [id, 1, id]) answer(one);
        }
      }
      expect([await counted('webhook_events'), await counted('webhook_queue')]).toEqual([expected, expected]);
    }),
    { numRuns: 40 },
  );
});

it('whatever is triggered at the same time', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 4 }),
      fc.integer({ min: 0, max: 6 }),
      async (writes, triggers) => {
        await empty();
        await stack.sql`insert into things values (1)`;
        for (let n = 0; n < writes; n += 1) await write(1);
        const answers = await Promise.all(Array.from({ length: triggers }, () => trigger(1)));
        const ids = new Set(answers.map(([row]) => row?.event));
        expect([ids.size, await counted('webhook_events')]).toEqual([triggers, Math.max(writes, triggers)]);
      },
    ),
    { numRuns: 25 },
  );
});

it('a row that is written and triggered within one transaction, taken back or not', async () => {
  const outbox = async (fails: boolean) =>
    stack.sql
      .begin(async (sql) => {
        await sql`insert into things values (1)`;
        await sql`select emit_webhook_event('thing.created', '{"id": "1"}')`;
        if (fails) throw new Error('taken back');
      })
      .catch(() => {});
  await outbox(true);
  expect(await stack.sql`select from webhook_events`).toHaveLength(0);
  await outbox(false);
  expect(await stack.sql`select from webhook_events`).toHaveLength(1);
});
