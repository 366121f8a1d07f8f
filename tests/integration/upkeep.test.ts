import { beforeEach, describe, expect, it } from 'vitest';
import { dueChores, noteChoreFailure, queueFigures, runChore } from '@/lib/store/upkeepStore';
import { emptyTables } from '../support/emptyTables';
import { testStack } from '../support/testStack';
import {
  addWebhook,
  claimAll,
  dataOf,
  givenUp,
  queueDeliveries,
  resultOf,
  settle,
  unknownId,
} from '../support/webhooks';

/*
 * The chores of upkeep: what each does, and that none of them stops another, or the sending.
 */

const stack = testStack();

const parents = ['webhook_events', 'webhook_history', 'webhook_attempts', 'webhook_event_words'];
/** Runs a chore until its work is done. */
const finish = async (chore: string, keepDays = 30) => {
  while ((await runChore(chore, keepDays)).more);
};
const partitions = async () => {
  const rows = await stack.sql<{ relname: string }[]>`
    select relname from pg_class where relnamespace = 'webhook_partitions'::regnamespace and relkind = 'r' order by 1`;
  return rows.map((row) => row.relname);
};
/** The name that a day's partition ends in: 0 is today in UTC. */
const dayName = (offset: number) =>
  new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');
const idAt = (offset: number) => stack.sql`webhook_uuid_v7(now() + ${offset} * interval '1 day')`;
const addEvent = async (offset: number) => {
  const [row] = await stack.sql`
    insert into webhook_events (id, event_type, payload) values (${idAt(offset)}, 'lead.created', '{}')
    returning id, tableoid::regclass::text as partition`;
  return row as { id: string; partition: string };
};
async function addPartition(parent: string, offset: number): Promise<string> {
  const name = `${parent}_${dayName(offset)}`;
  const day = `(date_trunc('day', now() at time zone 'UTC') + ${offset} * interval '1 day') at time zone 'UTC'`;
  await stack.sql.unsafe(`
    set role postgres;
    do $$ begin
      execute format('create table webhook_partitions.${name} partition of public.${parent} for values from (%L) to (%L)',
        webhook_uuid_v7_floor(${day}), webhook_uuid_v7_floor(${day} + interval '1 day'));
    end $$;
    reset role;`);
  return name;
}
const expected = parents
  .flatMap((parent) =>
    ['default', ...[0, 1, 2, 3, 4, 5, 6, 7].map(dayName)].map((suffix) => `${parent}_${suffix}`),
  )
  .sort();

/** Back to what a fresh database has. */
beforeEach(async () => {
  await emptyTables(stack.sql);
  await stack.sql`update webhook_chores set last_success_at = null, last_failure_at = null, error = null`;
  await finish('make_partitions');
  for (const name of await partitions())
    if (!expected.includes(name)) await stack.sql`drop table webhook_partitions.${stack.sql(name)}`;
});

describe('partitions', () => {
  it('are there for today and the next seven days, once', async () => {
    expect(await partitions()).toEqual(expected);
    await finish('make_partitions');
    expect(await partitions()).toEqual(expected);
  });

  it('take each row of their day in UTC, to the edge', async () => {
    for (const offset of [0, 1, 7]) {
      expect((await addEvent(offset)).partition).toBe(`webhook_partitions.webhook_events_${dayName(offset)}`);
    }
    const [row] = await stack.sql`
      insert into webhook_events (id, event_type, payload)
      select webhook_uuid_v7((date_trunc('day', now() at time zone 'UTC') + interval '1 day') at time zone 'UTC'
        - interval '1 microsecond'), 'lead.created', '{}'
      returning tableoid::regclass::text as partition`;
    expect(row?.partition).toBe(`webhook_partitions.webhook_events_${dayName(0)}`);
    expect((await addEvent(30)).partition).toBe('webhook_partitions.webhook_events_default');
  });

  it.each(['Pacific/Kiritimati', 'Pacific/Pago_Pago'])(
    'follow UTC, also when the session lives in %s',
    async (zone) => {
      for (const name of expected) {
        if (!name.endsWith('default')) await stack.sql`drop table webhook_partitions.${stack.sql(name)}`;
      }
      await stack.sql.begin(async (transaction) => {
        await transaction`select set_config('timezone', ${zone}, true)`;
        for (let more = true; more; ) {
          const [row] = await transaction`select run_webhook_chore('make_partitions', 30) as answer`;
          more = row?.answer.more;
        }
      });
      expect(await partitions()).toEqual(expected);
      expect((await addEvent(0)).partition).toBe(`webhook_partitions.webhook_events_${dayName(0)}`);
    },
  );

  it('have every index of their table', async () => {
    const rows = await stack.sql<{ parent: string; indexes: number }[]>`
      select p.relname as parent, count(*)::int as indexes from pg_inherits i
      join pg_class c on c.oid = i.inhrelid and c.relkind = 'i' join pg_class p on p.oid = i.inhparent
      join pg_index x on x.indexrelid = c.oid join pg_class t on t.oid = x.indrelid and t.relname like ${`webhook_history_${dayName(7)}`}
      group by 1 order by 1`;
    expect(rows.map(({ parent }) => parent)).toEqual([
      'webhook_history_causes',
      'webhook_history_event',
      'webhook_history_failures',
      'webhook_history_late',
      'webhook_history_pkey',
      'webhook_history_webhook',
    ]);
  });

  it('that are too old are dropped with their rows; those that count stay', async () => {
    for (const parent of parents)
      for (const offset of [-45, -32, -31, -1]) await addPartition(parent, offset);
    const [gone, kept] = [await addEvent(-32), await addEvent(-31)];
    await finish('drop_partitions');
    const left = await partitions();
    for (const parent of parents) {
      expect(left).not.toContain(`${parent}_${dayName(-45)}`);
      expect(left).not.toContain(`${parent}_${dayName(-32)}`);
      expect(left).toContain(`${parent}_${dayName(-31)}`);
    }
    const rows = await stack.sql<
      { id: string }[]
    >`select id from webhook_events where id = any(${[gone.id, kept.id]})`;
    expect(rows.map((row) => row.id)).toEqual([kept.id]);
  });

  it('that nobody foresaw: rows in the default one are found, kept for their time and then removed', async () => {
    const [old, recent] = [await addEvent(-33), await addEvent(-20)];
    expect(old.partition).toBe('webhook_partitions.webhook_events_default');
    await stack.sql`
      insert into webhook_attempts (delivery_id, attempt, webhook_id, started_at, duration_ms, succeeded)
      values (${idAt(-32)}, 1, ${unknownId()}, now(), 1, true)`;
    await finish('trim_default_partitions');
    // One table a call: the next ones take the rest.
    await finish('trim_default_partitions');
    const rows = await stack.sql<{ id: string }[]>`select id from webhook_events`;
    expect(rows.map((row) => row.id)).toEqual([recent.id]);
    expect(await stack.sql`select from webhook_attempts`).toHaveLength(0);
  });

  it('whose day already has rows in the default one do not stop the others', async () => {
    await stack.sql`drop table webhook_partitions.${stack.sql(`webhook_events_${dayName(0)}`)}`;
    await stack.sql`drop table webhook_partitions.${stack.sql(`webhook_events_${dayName(2)}`)}`;
    const { id, partition } = await addEvent(0);
    expect(partition).toBe('webhook_partitions.webhook_events_default');
    await finish('make_partitions');
    expect(await partitions()).toEqual(expected.filter((name) => name !== `webhook_events_${dayName(0)}`));
    expect((await addEvent(0)).partition).toBe('webhook_partitions.webhook_events_default');
    expect(await stack.sql`select from webhook_events where id = ${id}`).toHaveLength(1);
    // The next run of the tests finds the day as it was.
    await emptyTables(stack.sql, 'webhook_events');
  });
});

describe('what still waits, or was final only lately, however old', () => {
  /** A delivery of 40 days ago, with its event, still in the queue. */
  const oldDelivery = async () => {
    const webhookId = await addWebhook(stack.sql);
    const { id: eventId } = await addEvent(-40);
    const [row] = await stack.sql<{ id: string }[]>`
      insert into webhook_queue (id, webhook_id, event_id, event_type, created_at, due_at)
      values (${idAt(-40)}, ${webhookId}, ${eventId}, 'lead.created', now() - interval '40 days', now() - interval '40 days')
      returning id`;
    return { webhookId, id: row?.id ?? '', eventId };
  };
  const upkeep = async () => {
    for (const chore of [
      'drop_partitions',
      'trim_default_partitions',
      'trim_default_partitions',
      'end_orphans',
    ])
      await finish(chore);
  };
  const has = async (id: string, eventId: string) => ({
    delivery: (await stack.sql`select from webhook_deliveries where id = ${id}`).length === 1,
    event: (await stack.sql`select from webhook_events where id = ${eventId}`).length === 1,
  });

  it.each([true, false])(
    'is kept with its event, its attempts and its record (own partition: %s)',
    async (own) => {
      if (own) for (const parent of parents) await addPartition(parent, -40);
      const { webhookId, id, eventId } = await oldDelivery();
      await stack.sql`update webhooks set status = 'inactive' where id = ${webhookId}`;
      await upkeep();
      expect(await has(id, eventId)).toEqual({ delivery: true, event: true });

      await stack.sql`update webhooks set status = 'active' where id = ${webhookId}`;
      const [item] = await claimAll(stack.adminClient());
      await settle(stack.adminClient(), [resultOf(item ?? { id: '', fence: 0 }, givenUp())]);
      await upkeep();
      expect(await has(id, eventId)).toEqual({ delivery: true, event: true });
      expect(await stack.sql`select from webhook_attempts where delivery_id = ${id}`).toHaveLength(1);

      await stack.sql`update webhook_history set finished_at = now() - interval '31 days' where id = ${id}`;
      await upkeep();
      expect(await has(id, eventId)).toEqual({ delivery: false, event: false });
      expect(await stack.sql`select from webhook_attempts where delivery_id = ${id}`).toHaveLength(0);
    },
  );
});

it('deliveries whose webhook is gone end with their reason; what is being sent is left to its drain', async () => {
  const kept = await queueDeliveries(stack.sql, await addWebhook(stack.sql));
  const orphans = await queueDeliveries(stack.sql, unknownId(), 3);
  await stack.sql`update webhook_queue set locked_until = now() + interval '1 minute' where id = ${orphans[2] ?? ''}`;
  await finish('end_orphans');
  const queued = await stack.sql<{ id: string }[]>`select id from webhook_queue order by id`;
  expect(queued.map((row) => row.id).sort()).toEqual([...kept, orphans[2]].sort());
  const ended = await stack.sql`select id, status, last_error_kind from webhook_history order by id`;
  expect([...ended]).toEqual(
    orphans.slice(0, 2).map((id) => ({ id, status: 'failed', last_error_kind: 'webhook_deleted' })),
  );
});

it('statistics go after 400 days, keys after a day, in bounded batches', async () => {
  await stack.sql`
    insert into webhook_stats_hourly (webhook_id, hour, latency_histogram)
    select ${unknownId()}, now() - n * interval '1 day', array_fill(0, array[16]) from unnest(array[0, 399, 401]) as n`;
  await stack.sql`
    insert into webhook_idempotency_keys (key, event_id, created_at)
    select n::text, webhook_uuid_v7(), now() - interval '25 hours' from generate_series(1, 12000) as n`;
  await stack.sql`
    insert into webhook_idempotency_keys (key, event_id, created_at)
    select 'kept' || n, webhook_uuid_v7(), now() - n * interval '1 hour' from unnest(array[0, 23]) as n`;
  await finish('forget_statistics');
  expect(await stack.sql`select from webhook_stats_hourly`).toHaveLength(2);
  expect(await runChore('forget_idempotency_keys', 30)).toEqual({ done: 5000, more: true });
  await finish('forget_idempotency_keys');
  const keys = await stack.sql`select key from webhook_idempotency_keys order by 1`;
  expect(keys.map((row) => row.key)).toEqual(['kept0', 'kept23']);
});

it.each([
  [
    'forget_health',
    'webhook_health',
    'insert into webhook_health (webhook_id, failures) select webhook_uuid_v7(), 1 from generate_series(1, 5003)',
    'insert into webhook_health (webhook_id, failures) select id, 1 from webhooks',
  ],
  [
    'forget_health',
    'webhook_holds',
    'insert into webhook_holds (webhook_id, held_until, status_code) select webhook_uuid_v7(), now(), 429 from generate_series(1, 5003)',
    'insert into webhook_holds (webhook_id, held_until, status_code) select id, now(), 429 from webhooks',
  ],
  [
    'forget_jobs',
    'webhook_jobs',
    `insert into webhook_jobs (kind, state, finished_at) select 'replay', 'finished', now() - interval '31 days' from generate_series(1, 5003)`,
    `insert into webhook_jobs (kind, state, finished_at) values ('replay', 'finished', now() - interval '29 days')`,
  ],
  [
    'forget_workers',
    'webhook_workers',
    `insert into webhook_workers (worker, last_exchange_at) select n::text, now() - interval '25 hours' from generate_series(1, 5003) as n`,
    `insert into webhook_workers (worker, last_exchange_at) values ('kept', now() - interval '23 hours')`,
  ],
])(
  '%s: what is of no use in %s goes, in bounded batches, past what is locked',
  async (chore, table, gone, kept) => {
    await stack.sql`truncate webhooks, webhook_health, webhook_holds, webhook_jobs, webhook_workers cascade`;
    await addWebhook(stack.sql);
    await stack.sql.unsafe(gone);
    const left = async () => (await stack.sql`select from ${stack.sql(table)}`).length;
    await stack.sql.begin(async (transaction) => {
      await transaction`select from ${transaction(table)} limit 2 for update`;
      await stack.sql.unsafe(kept);
      expect(await runChore(chore, 30)).toEqual({ done: 5000, more: true });
      expect(await runChore(chore, 30)).toEqual({ done: 1, more: false });
      expect(await left()).toBe(3);
    });
    await finish(chore);
    expect(await left()).toBe(1);
  },
);

describe('a chore', () => {
  it('is due until it succeeded, and again after its interval', async () => {
    expect(await dueChores()).toContain('forget_health');
    await runChore('forget_health', 30);
    expect(await dueChores()).not.toContain('forget_health');
    await stack.sql`update webhook_chores set last_success_at = now() - every - interval '1 second' where chore = 'forget_health'`;
    expect(await dueChores()).toEqual(expect.arrayContaining(['forget_health']));
  });

  it('that nobody knows is refused', async () => {
    await expect(runChore('drop_everything', 30)).rejects.toThrow('unknown chore');
  });

  it('that failed is named in health with its reason, until it succeeds', async () => {
    const entry = async () => (await queueFigures()).chores.find(({ chore }) => chore === 'forget_health');
    await noteChoreFailure('forget_health', 'canceling statement due to lock timeout');
    expect(await entry()).toMatchObject({
      last_failure_ms: expect.any(Number),
      error: 'canceling statement due to lock timeout',
    });
    await runChore('forget_health', 30);
    expect(await entry()).toMatchObject({
      last_success_ms: expect.any(Number),
      last_failure_ms: null,
      error: null,
    });
  });

  it('makes partitions beside a reader of the table, as a dump is', async () => {
    await stack.sql`drop table webhook_partitions.${stack.sql(`webhook_history_${dayName(7)}`)}`;
    await stack.sql.begin(async (transaction) => {
      await transaction`lock table only webhook_history in access share mode`;
      await finish('make_partitions');
      expect(await partitions()).toEqual(expected);
    });
  });

  it('that meets a lock fails alone and soon; the others, triggers, claims and settles go on', async () => {
    await addWebhook(stack.sql);
    await addPartition('webhook_history', -45);
    await stack.sql`drop table webhook_partitions.${stack.sql(`webhook_history_${dayName(7)}`)}`;
    await stack.sql.begin(async (transaction) => {
      // What pg_dump holds: the table and all its partitions.
      await transaction`lock table webhook_history in access share mode`;
      for (const chore of ['make_partitions', 'drop_partitions']) {
        const began = performance.now();
        await expect(runChore(chore, 30)).rejects.toMatchObject({ cause: { code: '55P03' } });
        expect(performance.now() - began).toBeLessThan(2000);
      }
      await finish('forget_idempotency_keys');
      dataOf(
        await stack.adminClient().rpc('emit_webhook_event', { event_type: 'lead.created', payload: {} }),
      );
      const items = await claimAll(stack.adminClient());
      expect(items).toHaveLength(1);
      expect(
        await settle(
          stack.adminClient(),
          items.map((item) => resultOf(item)),
        ),
      ).toHaveLength(1);
    });
    await finish('make_partitions');
    await finish('drop_partitions');
    expect(await partitions()).toEqual(expected);
  });

  it.each([
    'webhooks',
    'webhook_health',
    'webhook_idempotency_keys',
    'webhook_stats_hourly',
    'webhook_chores',
  ])('waits for nobody who holds rows of %s', async (table) => {
    const id = await addWebhook(stack.sql, { status: 'inactive' });
    await stack.sql`insert into webhook_health (webhook_id, failures, failing_since) values (${id}, 40, now() - interval '6 days')`;
    await stack.sql`insert into webhook_idempotency_keys (key, event_id, created_at) values ('x', ${id}, now() - interval '2 days')`;
    await stack.sql`
        insert into webhook_stats_hourly (webhook_id, hour, latency_histogram) values (${id}, now() - interval '401 days', array_fill(0, array[16]))`;
    await stack.sql.begin(async (transaction) => {
      await transaction`select from ${stack.sql(table)} for update`;
      const began = performance.now();
      const chores = (await stack.sql<{ chore: string }[]>`select chore from webhook_chores`).map(
        ({ chore }) => chore,
      );
      for (const chore of chores) await runChore(chore, 30).catch(() => {});
      // Each waits for a lock for 200 ms at most.
      expect(performance.now() - began).toBeLessThan(chores.length * 300 + 2000);
    });
  });

  it('has one runner at a time: the second has nothing to do', async () => {
    const name = await addPartition('webhook_events', -45);
    await stack.sql.begin(async (transaction) => {
      await transaction`select pg_advisory_xact_lock(hashtextextended('webhook_chore drop_partitions', 0))`;
      expect(await runChore('drop_partitions', 30)).toEqual({ done: 0, more: false });
      expect(await partitions()).toContain(name);
    });
    await finish('drop_partitions');
    expect(await partitions()).not.toContain(name);
  });
});
