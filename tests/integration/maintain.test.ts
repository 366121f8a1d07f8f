import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestStack, type TestStack } from '../support/database';
import { addWebhook, claim, claimAll, dataOf, queueDeliveries, unknownId } from '../support/webhooks';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.stop());

const parents = ['webhook_events', 'webhook_history', 'webhook_attempts'];
const maintain = async (keep_days?: number) =>
  dataOf(await stack.adminClient().rpc('maintain_webhooks', keep_days === undefined ? {} : { keep_days }));
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

/** Back to what a fresh database has. */
beforeEach(async () => {
  await stack.sql`truncate webhooks, webhook_secrets, webhook_pace, webhook_health, webhook_queue, webhook_history, webhook_attempts, webhook_events,
    webhook_stats_hourly, webhook_idempotency_keys`;
  await maintain();
});

describe('partitions', () => {
  const expected = parents
    .flatMap((parent) => ['default', ...[0, 1, 2, 3].map(dayName)].map((suffix) => `${parent}_${suffix}`))
    .sort();

  it('are there for today and the next three days, once', async () => {
    expect(await partitions()).toEqual(expected);
    await maintain();
    await maintain();
    expect(await partitions()).toEqual(expected);
  });

  it('take each row of their day in UTC, to the edge', async () => {
    for (const offset of [0, 1, 3]) {
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
        await transaction`select maintain_webhooks()`;
      });
      expect(await partitions()).toEqual(expected);
      expect((await addEvent(0)).partition).toBe(`webhook_partitions.webhook_events_${dayName(0)}`);
    },
  );

  it('that are too old are dropped with their rows; the last one that counts stays', async () => {
    for (const parent of parents)
      for (const offset of [-45, -31, -30, -1]) await addPartition(parent, offset);
    const [gone, kept] = [await addEvent(-31), await addEvent(-30)];
    await maintain(30);
    const left = await partitions();
    for (const parent of parents) {
      expect(left).not.toContain(`${parent}_${dayName(-45)}`);
      expect(left).not.toContain(`${parent}_${dayName(-31)}`);
      expect(left).toContain(`${parent}_${dayName(-30)}`);
    }
    const rows = await stack.sql<
      { id: string }[]
    >`select id from webhook_events where id = any(${[gone.id, kept.id]})`;
    expect(rows.map((row) => row.id)).toEqual([kept.id]);
    await maintain(0);
    expect(await partitions()).toEqual(expected);
  });

  it('that nobody foresaw: rows in the default one are found, kept for their time and then removed', async () => {
    const [old, recent] = [await addEvent(-31), await addEvent(-20)];
    expect(old.partition).toBe('webhook_partitions.webhook_events_default');
    await stack.sql`
      insert into webhook_attempts (delivery_id, attempt, webhook_id, started_at, duration_ms, succeeded)
      values (${idAt(-31)}, 1, ${unknownId()}, now(), 1, true)`;
    await maintain(30);
    const rows = await stack.sql<{ id: string }[]>`select id from webhook_events`;
    expect(rows.map((row) => row.id)).toEqual([recent.id]);
    expect(await stack.sql`select from webhook_attempts`).toHaveLength(0);
  });

  it('whose day already has rows in the default one do not stop the others', async () => {
    await stack.sql`drop table webhook_partitions.${stack.sql(`webhook_events_${dayName(0)}`)}`;
    await stack.sql`drop table webhook_partitions.${stack.sql(`webhook_events_${dayName(2)}`)}`;
    const { id, partition } = await addEvent(0);
    expect(partition).toBe('webhook_partitions.webhook_events_default');
    await maintain();
    expect(await partitions()).toEqual(expected.filter((name) => name !== `webhook_events_${dayName(0)}`));
    expect((await addEvent(0)).partition).toBe('webhook_partitions.webhook_events_default');
    expect(await stack.sql`select from webhook_events where id = ${id}`).toHaveLength(1);
    // The next run of the tests finds the day as it was.
    await stack.sql`truncate webhook_events`;
  });
});

describe('what nobody would send', () => {
  it('ends: deliveries whose webhook is gone', async () => {
    const kept = await queueDeliveries(stack.sql, await addWebhook(stack.sql));
    const orphans = await queueDeliveries(stack.sql, unknownId(), 2);
    await maintain();
    const queued = await stack.sql<{ id: string }[]>`select id from webhook_queue`;
    expect(queued.map((row) => row.id)).toEqual(kept);
    const ended = await stack.sql`select id, status, last_error_kind from webhook_history order by id`;
    expect([...ended]).toEqual(
      orphans.map((id) => ({ id, status: 'failed', last_error_kind: 'webhook_deleted' })),
    );
  });

  it('is set aside: deliveries that were committed while their webhook was being switched off', async () => {
    const webhookId = await addWebhook(stack.sql);
    await stack.sql`update webhooks set status = 'inactive'`;
    const late = await queueDeliveries(stack.sql, webhookId, 2);
    expect((await claim(stack.adminClient())).wait_ms).toBe(500);
    await maintain();
    expect((await claim(stack.adminClient())).wait_ms).toBeNull();
    await stack.sql`update webhooks set status = 'active'`;
    expect((await claimAll(stack.adminClient())).map((item) => item.id).sort()).toEqual(late);
  });
});

it('statistics go after 400 days, keys after a day', async () => {
  await stack.sql`
    insert into webhook_stats_hourly (webhook_id, hour, latency_histogram)
    select ${unknownId()}, now() - n * interval '1 day', array_fill(0, array[16]) from unnest(array[0, 399, 401]) as n`;
  await stack.sql`
    insert into webhook_idempotency_keys (key, event_id, created_at)
    select n::text, webhook_uuid_v7(), now() - n * interval '1 hour' from unnest(array[0, 23, 25]) as n`;
  await maintain();
  expect(await stack.sql`select from webhook_stats_hourly`).toHaveLength(2);
  const keys = await stack.sql`select key from webhook_idempotency_keys order by 1`;
  expect(keys.map((row) => row.key)).toEqual(['0', '23']);
});

describe('several runs at once', () => {
  it('all end well', async () => {
    for (const parent of parents) await addPartition(parent, -45);
    await addPartition('webhook_events', -50);
    await Promise.all(Array.from({ length: 6 }, () => maintain()));
    expect(
      (await partitions()).filter((name) => name.endsWith(dayName(-45)) || name.endsWith(dayName(-50))),
    ).toEqual([]);
  });

  it('leave the work to the one that holds it', async () => {
    const name = await addPartition('webhook_events', -45);
    await stack.sql.begin(async (transaction) => {
      await transaction`select pg_advisory_xact_lock(hashtext('maintain_webhooks'))`;
      await maintain();
      expect(await partitions()).toContain(name);
    });
    await maintain();
    expect(await partitions()).not.toContain(name);
  });

  it('go on beside triggers, claims and settles', async () => {
    await addWebhook(stack.sql);
    let emitted = 0;
    const trigger = async () => {
      for (let n = 0; n < 20; n++) {
        dataOf(
          await stack.adminClient().rpc('emit_webhook_event', { event_type: 'lead.created', payload: { n } }),
        );
        emitted += 1;
      }
    };
    const upkeep = async () => {
      for (let n = 0; n < 4; n++) {
        await addPartition('webhook_events', -60 - n);
        await maintain();
      }
    };
    await Promise.all([trigger(), trigger(), upkeep()]);
    expect(await stack.sql`select from webhook_queue`).toHaveLength(emitted);
  });
});
