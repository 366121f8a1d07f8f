import { setTimeout as sleep } from 'node:timers/promises';
import { holdOpen } from './locks.ts';
import { check, type Situation } from './situation.ts';
import { addWebhooks, emitMany, unlessAll, until } from './webhooks.ts';

/* Somebody reads for long: a dump across midnight, an old snapshot. */

/** Takes the last day's partition away and asks for upkeep, as a midnight does. */
const tables = ['webhook_history', 'webhook_events', 'webhook_attempts'];

export const dumps: Situation[] = [
  {
    name: 'dumps: history is being read while a day’s partition is due',
    promise: 'beside',
    emit: 'http',
    begin: async (product) => {
      const { sql } = product;
      const [part] = await sql<{ name: string }[]>`
        select tablename as name from pg_tables where schemaname = 'webhook_partitions' and tablename ^@ 'webhook_history_2'
        order by 1 desc limit 1`;
      const name = part?.name ?? '';
      await sql`drop table webhook_partitions.${sql(name)}`;
      const end = await holdOpen(product, async (held) => {
        for (const table of tables) await held`lock table ${held(table)} in access share mode`;
      });
      await sql`update webhook_chores set last_success_at = null where chore = 'make_partitions'`;
      // As a cron would: a call of its own, beside the one that is under way.
      const { url } = product.app;
      const headers = { authorization: `Bearer ${product.backend.cron_secret}` };
      const cron = fetch(`${url}/api/cron/drain-deliveries?budget=1`, { headers }).then(
        async ({ status }) => status,
        () => 0,
      );
      const missing = async () =>
        (await sql`select from pg_tables where schemaname = 'webhook_partitions' and tablename = ${name}`)
          .length === 0;
      return {
        end,
        // Attaching a partition need not wait for readers: then there is nothing to name.
        promises: async () => [
          check('the cron’s call is answered 200', 1, (await cron) === 200 ? [] : [String(await cron)]),
          check(
            'the chore comes to its end',
            1,
            (await until(async () => !(await missing()), 60_000)) ? [] : [`${name} is missing`],
          ),
        ],
      };
    },
  },
  {
    name: 'dumps: an old snapshot, while the queue turns over',
    promise: 'beside',
    emit: 'http',
    begin: async (product, scale) => {
      const { sql } = product;
      const count = scale === 'full' ? 100_000 : 5000;
      const names = Array.from({ length: 20 }, (_, n) => `busy-${n}`);
      const ids = await addWebhooks(product, names, 'well', { events: ['lead.updated'] });
      const end = await holdOpen(product, async (held) => {
        await held`set transaction isolation level repeatable read`;
        await held`select count(*) from webhook_queue`;
      });
      await emitMany(sql, 'lead.updated', count / names.length);
      // Each row of these stays in the way, dead, for as long as the snapshot is open.
      const gone = await until(
        async () =>
          (await sql`select from webhook_queue where webhook_id = any (${ids}) limit 1`).length === 0,
        60_000,
      );
      await sleep(500);
      return {
        end,
        promises: async () => [
          check('the queue turned over', count, gone ? [] : ['it did not']),
          check(
            'all of it is delivered',
            count,
            await unlessAll(sql, ids, { status: 'success', count, withinMs: 10_000 }),
          ),
        ],
      };
    },
  },
];
