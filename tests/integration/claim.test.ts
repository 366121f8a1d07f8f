import { beforeEach, describe, expect, it } from 'vitest';
import type { Claim, ClaimedItem } from '@/lib/store/claimSchema';
import { emptyTables } from '../support/emptyTables';
import { testStack } from '../support/testStack';
import {
  addWebhook,
  claim,
  claimAll,
  dataOf,
  queueDeliveries,
  resultOf,
  settle,
  settleAll,
  unknownId,
} from '../support/webhooks';

const stack = testStack();
beforeEach(async () => {
  await emptyTables(stack.sql);
});

const idsOf = (items: ClaimedItem[]) => items.map((item) => item.id).sort();

/** Many webhooks with one due delivery each, in the order of their ids. */
async function addWebhooks(count: number, dueAt = "now() - interval '1 second'"): Promise<string[]> {
  await stack.sql.unsafe(
    `with w as (
       insert into webhooks (name, url, events)
       select n::text, 'https://a.test/', '{lead.created}' from generate_series(1, ${count}) as n returning id)
     insert into webhook_queue (webhook_id, event_id, event_type, due_at)
     select id, webhook_uuid_v7(), 'lead.created', ${dueAt} from w`,
  );
  const rows = await stack.sql<{ id: string }[]>`select id from webhooks order by id`;
  return rows.map((row) => row.id);
}

/** Blocks of shared buffers that one claim touches, once its connection knows the plan. */
async function blocksOfClaim(): Promise<number> {
  const connection = await stack.sql.reserve();
  try {
    await connection`analyze webhook_queue`;
    let blocks = 0;
    for (let run = 0; run < 3; run++) {
      const [row] = await connection.unsafe(
        `explain (analyze, buffers, format json) select claim_webhook_deliveries(10, 'cost')`,
      );
      const plan = row?.['QUERY PLAN'][0].Plan;
      blocks = plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
    }
    return blocks;
  } finally {
    connection.release();
  }
}

describe('leases', () => {
  it('are given once: 8 claimers over 2,000 deliveries', async () => {
    const queued: string[] = [];
    for (let n = 0; n < 20; n++) {
      queued.push(
        ...(await queueDeliveries(stack.sql, await addWebhook(stack.sql, { max_in_flight: 100 }), 100)),
      );
    }
    const claimers = Array.from({ length: 8 }, (_, n) =>
      claimAll(stack.adminClient(), { max: 50, worker: `worker-${n}` }),
    );
    const claimed = await Promise.all(claimers);
    expect(claimed.filter((items) => items.length > 0).length).toBeGreaterThan(1);
    expect(idsOf(claimed.flat())).toEqual(queued.sort());
    const [row] = await stack.sql`select min(fence) as min, max(fence) as max from webhook_queue`;
    expect(row).toEqual({ min: 1, max: 1 });
    for (const [n, items] of claimed.entries()) {
      const held = await stack.sql`select from webhook_queue where worker = ${`worker-${n}`}`;
      expect(held).toHaveLength(items.length);
    }
  });

  it('last for the webhook’s timeout and a margin, and show in the view', async () => {
    const webhookId = await addWebhook(stack.sql, { timeout_ms: 30_000 });
    await queueDeliveries(stack.sql, webhookId);
    const [item] = (await claim(stack.adminClient())).batch.items;
    expect(item?.lease_ms).toBeGreaterThan(45_000);
    expect(item?.lease_ms).toBeLessThanOrEqual(50_000);
    const [row] = await stack.sql`select in_flight, status from webhook_deliveries`;
    expect(row).toEqual({ in_flight: true, status: 'pending' });
  });

  it('that lapsed are given again, with a bigger fence, to whoever asks', async () => {
    await queueDeliveries(stack.sql, await addWebhook(stack.sql), 3);
    const first = (await claim(stack.adminClient(), { worker: 'dead' })).batch.items;
    expect((await claim(stack.adminClient())).batch.items).toEqual([]);
    await stack.sql`update webhook_queue set locked_until = now() - interval '1 millisecond'`;
    const second = (await claim(stack.adminClient(), { worker: 'alive' })).batch.items;
    expect(idsOf(second)).toEqual(idsOf(first));
    expect(second.map((item) => item.fence)).toEqual([2, 2, 2]);
    expect(await stack.sql`select from webhook_queue where worker = 'alive'`).toHaveLength(3);
  });

  it('are never more than asked for', async () => {
    await queueDeliveries(stack.sql, await addWebhook(stack.sql), 12);
    await queueDeliveries(stack.sql, await addWebhook(stack.sql), 12);
    expect((await claim(stack.adminClient(), { max: 5 })).batch.items).toHaveLength(5);
    expect((await claim(stack.adminClient(), { max: 1 })).batch.items).toHaveLength(1);
  });
});

describe('a webhook’s cap', () => {
  it('holds for claimers at the same moment', async () => {
    await queueDeliveries(stack.sql, await addWebhook(stack.sql, { max_in_flight: 7 }), 200);
    const claimers = Array.from({ length: 8 }, () => claim(stack.adminClient()));
    const items = (await Promise.all(claimers)).flatMap(({ batch }) => batch.items);
    expect(items).toHaveLength(7);
    await settle(
      stack.adminClient(),
      items.slice(0, 3).map((item) => resultOf(item)),
    );
    expect(await claimAll(stack.adminClient())).toHaveLength(3);
  });

  it('holds all along while four drains claim and settle', async () => {
    const queued = await queueDeliveries(stack.sql, await addWebhook(stack.sql, { max_in_flight: 7 }), 210);
    let held = 0;
    let most = 0;
    const settled: string[] = [];
    const drain = async () => {
      const client = stack.adminClient();
      while (settled.length < queued.length) {
        const { items } = (await claim(client, { max: 5 })).batch;
        held += items.length;
        const [row] =
          await stack.sql`select count(*)::int as n from webhook_queue where locked_until > now()`;
        most = Math.max(most, held, row?.n);
        held -= items.length;
        let results = items.map((item) => resultOf(item));
        while (results.length > 0) {
          // A claim that came too late for a delivery may have it locked until it ends.
          const { settled: written, busy } = await settleAll(client, results);
          settled.push(...written);
          results = results.filter(({ id }) => busy.includes(id));
        }
      }
    };
    await Promise.all([drain(), drain(), drain(), drain()]);
    expect(most).toBeLessThanOrEqual(7);
    expect(settled.sort()).toEqual(queued);
  });

  it('of one sends in the order of the events', async () => {
    const queued = await queueDeliveries(stack.sql, await addWebhook(stack.sql, { max_in_flight: 1 }), 20);
    const sent: string[] = [];
    for (;;) {
      const { items } = (await claim(stack.adminClient())).batch;
      if (items.length === 0) break;
      expect(items).toHaveLength(1);
      sent.push(
        ...(await settle(
          stack.adminClient(),
          items.map((item) => resultOf(item)),
        )),
      );
    }
    expect(sent).toEqual(queued);
  });

  it('counts what is in flight when the webhook is switched off and on again', async () => {
    const { sql } = stack;
    const webhookId = await addWebhook(sql, { max_in_flight: 1 });
    const [older = '', newer = ''] = await queueDeliveries(sql, webhookId, 2);
    // The older one waits for its retry while the newer one is in flight.
    await sql`update webhook_queue set due_at = now() + interval '1 hour', retry_count = 1 where id = ${older}`;
    expect(idsOf((await claim(stack.adminClient())).batch.items)).toEqual([newer]);
    await sql`update webhooks set status = 'inactive' where id = ${webhookId}`;
    await sql`update webhook_queue set due_at = now() - interval '1 minute' where id = ${older}`;
    await sql`update webhooks set status = 'active' where id = ${webhookId}`;
    expect((await claim(stack.adminClient())).batch.items).toEqual([]);
  });
});

describe('fairness', () => {
  it('serves 50 quiet webhooks beside one with 20,000 waiting', async () => {
    const before = await addWebhooks(25);
    const flooded = await addWebhook(stack.sql);
    await queueDeliveries(stack.sql, flooded, 20_000);
    const quiet = [...before, ...(await addWebhooks(25))].filter((id) => id !== flooded);
    await stack.sql`analyze webhook_queue`;
    const served = new Set<string>();
    let after: string | null = null;
    for (let claims = 0; claims < 3; claims++) {
      const answer = await claim(stack.adminClient(), { after });
      after = answer.cursor;
      for (const item of answer.batch.items) served.add(item.webhook_id);
      expect(answer.batch.items.filter((item) => item.webhook_id === flooded).length).toBeLessThanOrEqual(16);
    }
    expect(quiet.filter((id) => !served.has(id))).toEqual([]);
    expect(served.has(flooded)).toBe(true);
  });

  it('gives many busy webhooks their turn when a claim holds few', async () => {
    const webhookIds = await addWebhooks(30);
    for (const id of webhookIds) await queueDeliveries(stack.sql, id, 9);
    const served = new Map<string, number>();
    let after: string | null = null;
    // 300 deliveries, 20 at a time: one round and a bit reaches everybody.
    for (let claims = 0; claims < 20; claims++) {
      const answer = await claim(stack.adminClient(), { max: 20, after });
      after = answer.cursor;
      for (const { webhook_id } of answer.batch.items)
        served.set(webhook_id, (served.get(webhook_id) ?? 0) + 1);
    }
    expect([...served.keys()].sort()).toEqual(webhookIds);
    expect([...served.values()].reduce((sum, n) => sum + n, 0)).toBe(300);
  });

  it('takes large payloads a few at a time, and loses none', async () => {
    for (let n = 0; n < 6; n++) await addWebhook(stack.sql);
    await stack.sql`
      select emit_webhook_event('lead.created', json_build_object('notes', repeat('x', 250000)))
      from generate_series(1, 10)`;
    const sizes: number[] = [];
    let answer = await claim(stack.adminClient());
    expect(answer).toMatchObject({ cursor: expect.any(String), wait_ms: 0 });
    while (answer.batch.items.length > 0) {
      sizes.push(answer.batch.items.length);
      answer = await claim(stack.adminClient(), { after: answer.cursor });
    }
    // 8 MiB, and the one that goes beyond it.
    expect(Math.max(...sizes)).toBeLessThanOrEqual(34);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(60);
  });

  it('leaves large payloads alone when only small ones are asked for', async () => {
    await addWebhook(stack.sql);
    const small = await stack.sql`select emit_webhook_event('lead.created', '{"id":"1"}')`;
    await stack.sql`select emit_webhook_event('lead.created', json_build_object('notes', repeat('x', 9000)))`;
    const { batch } = await claim(stack.adminClient(), { maxPayload: 8192 });
    expect(batch.items).toMatchObject([{ event_id: small[0]?.emit_webhook_event.event_id }]);
    expect((await claim(stack.adminClient(), { maxPayload: 8192 })).batch.items).toEqual([]);
    expect((await claim(stack.adminClient())).batch.items).toHaveLength(1);
  });

  it('walks every webhook by the cursor, once a round', async () => {
    const webhookIds = await addWebhooks(1100);
    const seen: string[] = [];
    let after: string | null = null;
    let claims = 0;
    do {
      const answer = await claim(stack.adminClient(), { after });
      seen.push(...answer.batch.items.map((item) => item.webhook_id));
      if (after && answer.cursor) expect(answer.cursor > after).toBe(true);
      after = answer.cursor;
      claims += 1;
    } while (after !== null && claims < 100);
    expect(after).toBeNull();
    expect(seen.sort()).toEqual(webhookIds);
  });

  it('reaches the one due webhook behind a thousand that wait', async () => {
    await addWebhooks(1000, `now() + interval '1 hour'`);
    const last = await addWebhook(stack.sql, { id: 'ffffffff-ffff-7fff-bfff-ffffffffffff' });
    const [due = ''] = await queueDeliveries(stack.sql, last);
    expect(idsOf(await claimAll(stack.adminClient()))).toEqual([due]);
  });
});

describe('what is not due', () => {
  it('stays: the future, the inactive, the orphaned', async () => {
    const active = await addWebhook(stack.sql);
    await queueDeliveries(stack.sql, active, 2);
    await stack.sql`update webhook_queue set due_at = now() + interval '10 seconds'`;
    const inactive = await addWebhook(stack.sql);
    await queueDeliveries(stack.sql, inactive, 2);
    await stack.sql`update webhooks set status = 'inactive' where id = ${inactive}`;
    await queueDeliveries(stack.sql, unknownId(), 2);
    expect(await claimAll(stack.adminClient())).toEqual([]);
  });

  it('stays when it was committed while its webhook was being switched off', async () => {
    const webhookId = await addWebhook(stack.sql);
    await stack.sql`update webhooks set status = 'inactive' where id = ${webhookId}`;
    const late = await queueDeliveries(stack.sql, webhookId, 2);
    expect(await claimAll(stack.adminClient())).toEqual([]);
    await stack.sql`update webhooks set status = 'active' where id = ${webhookId}`;
    expect(idsOf(await claimAll(stack.adminClient()))).toEqual(late);
  });

  it('costs nothing while its webhook is inactive', async () => {
    const inactive = await addWebhook(stack.sql);
    await queueDeliveries(stack.sql, inactive, 20_000);
    await stack.sql`update webhooks set status = 'inactive' where id = ${inactive}`;
    await stack.sql`vacuum webhook_queue`;
    await addWebhooks(1, `now() + interval '1 hour'`);
    expect(await blocksOfClaim()).toBeLessThan(200);
  });

  it('costs nothing behind a full window', async () => {
    await queueDeliveries(stack.sql, await addWebhook(stack.sql), 20_000);
    await claimAll(stack.adminClient());
    expect(await blocksOfClaim()).toBeLessThan(200);
  });

  it('keeps how far a webhook was claimed from one ten seconds to the next, and forgets those before', async () => {
    const webhookId = await addWebhook(stack.sql);
    const marks = () => stack.sql<{ claimed_due: Date; ago: number }[]>`
      select claimed_due, extract(epoch from now() - span)::int / 10 as ago from webhook_marks order by span`;
    // A claim that began before another one ended after it, and further on.
    await stack.sql`
      insert into webhook_marks (webhook_id, span, claimed_due, claimed_id)
      select ${webhookId}, date_bin('10 seconds', now(), '2000-01-01Z') - ago * interval '10 seconds', due, webhook_uuid_v7()
      from (values (9, now() + interval '3 days'), (2, now() + interval '2 days'), (1, now() + interval '1 day')) as mark (ago, due)`;
    await queueDeliveries(stack.sql, webhookId, 1);
    expect(await claimAll(stack.adminClient())).toHaveLength(1);
    const days = (await marks()).map(({ claimed_due }) =>
      Math.round((+claimed_due - Date.now()) / 86_400_000),
    );
    expect(days).toEqual([2, 1, 3]);
  });

  it('does not grow with the queue on a connection that made its plans while it was empty', async () => {
    const connection = await stack.sql.reserve();
    const exchange = async (results: unknown[]): Promise<Claim> => {
      const [row] = await connection<{ answer: string }[]>`
        select exchange_webhook_deliveries(${JSON.stringify(results)}, 50, 'cost') as answer`;
      return JSON.parse(row?.answer ?? '').claim;
    };
    try {
      await connection`analyze webhook_queue`;
      for (let run = 0; run < 10; run++) await exchange([resultOf({ id: unknownId(), fence: 1 })]);
      await queueDeliveries(stack.sql, await addWebhook(stack.sql, { max_in_flight: 50 }), 20_000);
      await connection`begin`;
      const { batch } = await exchange([]);
      expect(batch.items).toHaveLength(50);
      await exchange(batch.items.map((item) => resultOf(item)));
      const [read] = await connection<{ rows: number }[]>`
        select (seq_tup_read + idx_tup_fetch)::int as rows from pg_stat_xact_user_tables where relname = 'webhook_queue'`;
      expect(read?.rows).toBeLessThan(1000);
    } finally {
      await connection`rollback`;
      connection.release();
    }
  });

  it('does not grow with a queue of which no statistics were gathered yet, nor of its webhooks', async () => {
    await emptyTables(stack.sql, 'webhooks, webhook_queue');
    await addWebhooks(100);
    await stack.sql`
      insert into webhook_queue (webhook_id, event_id, event_type, due_at)
      select id, webhook_uuid_v7(), 'lead.created', now() - interval '1 second' from webhooks, generate_series(1, 200)`;
    const connection = await stack.sql.reserve();
    try {
      await connection`begin`;
      for (let run = 1; run <= 8; run++) {
        await connection`select claim_webhook_deliveries(5, 'cost')`;
        const [read] = await connection<{ rows: number }[]>`
          select (seq_tup_read + idx_tup_fetch)::int as rows from pg_stat_xact_user_tables where relname = 'webhook_queue'`;
        expect(read?.rows).toBeLessThan(run * 500);
      }
    } finally {
      await connection`rollback`;
      connection.release();
    }
  });
});

describe('what is done but kept by an old snapshot', () => {
  /** 20 webhooks and 20,000 deliveries that came and went while somebody's snapshot is held. */
  async function withOldSnapshot(then: () => Promise<void>): Promise<void> {
    const reader = await stack.sql.reserve();
    try {
      await reader`begin isolation level repeatable read`;
      await reader`select count(*) from webhook_queue`;
      await addWebhooks(20);
      await stack.sql`
        insert into webhook_queue (webhook_id, event_id, event_type, due_at)
        select id, webhook_uuid_v7(), 'lead.created', now() - interval '10 seconds' from webhooks, generate_series(1, 1000)`;
      await stack.sql.begin(async (sql) => {
        await sql`delete from webhook_queue`;
        await sql`select pg_stat_force_next_flush()`; // else a connection that told its figures a moment ago waits for ten seconds
      });
      await expect
        .poll(async () => {
          const [{ dead } = { dead: 0 }] = await stack.sql<{ dead: number }[]>`
            select pg_stat_get_dead_tuples('webhook_queue'::regclass)::int as dead`;
          return dead;
        })
        .toBeGreaterThan(5000);
      await then();
    } finally {
      await reader`rollback`;
      reader.release();
    }
  }

  const exchange = async (): Promise<Claim> => {
    const [row] = await stack.sql<{ answer: string }[]>`
      select exchange_webhook_deliveries('[]', 10, 'floor') as answer`;
    return JSON.parse(row?.answer ?? '').claim;
  };
  const lookAgain = () =>
    stack.sql`update webhook_workers set last_exchange_at = now() - interval '1 minute', floor_seen_at = now() - interval '1 hour'`;

  it('is walked over once in a while, not by every claim', async () => {
    await withOldSnapshot(async () => {
      await exchange();
      await lookAgain();
      await exchange();
      const connection = await stack.sql.reserve();
      const blocks = async () => {
        const [row] = await connection.unsafe(
          `explain (analyze, buffers, format json) select exchange_webhook_deliveries('[]', 10, 'floor')`,
        );
        return row?.['QUERY PLAN'][0].Plan['Shared Hit Blocks'];
      };
      await blocks();
      expect(await blocks()).toBeLessThan(1500);
      await stack.sql`update webhook_workers set last_exchange_at = now() - interval '1 minute'`;
      expect(await blocks()).toBeLessThan(1500);
      await lookAgain();
      expect(await blocks()).toBeGreaterThan(10_000);
      connection.release();
    });
  });

  it('is looked for from a floor of each webhook that is behind, so that one does not keep that of all', async () => {
    await withOldSnapshot(async () => {
      const ids = (await stack.sql<{ id: string }[]>`select id from webhooks order by id`).map(
        (row) => row.id,
      );
      const [first = '', second = ''] = ids;
      await queueDeliveries(stack.sql, first, 3);
      await stack.sql`update webhook_queue set due_at = now() - interval '3 days'`;
      const holder = await stack.sql.reserve();
      try {
        await holder`begin`;
        await holder`select from webhook_queue where webhook_id = ${first} for update`;
        await exchange();
        await queueDeliveries(stack.sql, second, 2);
        await lookAgain();
        expect((await exchange()).batch.items.map((item) => item.webhook_id)).toEqual([second, second]);
        const [own] = await stack.sql<{ behind: string[]; is_near: boolean; days: number[] }[]>`
          select array(select b.webhook_id from unnest(behind) b) as behind, floor > now() - interval '30 seconds' as is_near,
            array(select round(extract(epoch from now() - b.since) / 86400)::int from unnest(behind) b) as days
          from webhook_workers where worker = 'floor'`;
        expect(own).toEqual({ behind: [first], is_near: true, days: [3] });
      } finally {
        await holder`rollback`;
        holder.release();
      }
      expect((await exchange()).batch.items.map((item) => item.webhook_id)).toEqual([first, first, first]);
    });
  });

  it('is not skipped together with what is emitted while the first one of its webhook falls due later', async () => {
    await withOldSnapshot(async () => {
      const [id = ''] = (await stack.sql<{ id: string }[]>`select id from webhooks limit 1`).map(
        (row) => row.id,
      );
      await queueDeliveries(stack.sql, id, 2);
      // A retry that somebody has locked, and a first try that falls due in an hour.
      const [retry, later] = await stack.sql<{ id: string }[]>`select id from webhook_queue order by id`;
      await stack.sql`update webhook_queue set retry_count = 1, due_at = now() - interval '1 hour' where id = ${retry?.id ?? ''}`;
      await stack.sql`update webhook_queue set due_at = now() + interval '1 hour' where id = ${later?.id ?? ''}`;
      const holder = await stack.sql.reserve();
      try {
        await holder`begin`;
        await holder`select from webhook_queue where id = ${retry?.id ?? ''} for update`;
        await exchange();
        await lookAgain();
        await exchange();
        const [soon = ''] = await queueDeliveries(stack.sql, id, 1);
        expect((await exchange()).batch.items.map((item) => item.id)).toEqual([soon]);
      } finally {
        await holder`rollback`;
        holder.release();
      }
    });
  });

  it('hides nothing: what is due, what falls due, and what a long transaction brings late', async () => {
    await withOldSnapshot(async () => {
      const [id = ''] = (await stack.sql<{ id: string }[]>`select id from webhooks limit 1`).map(
        (row) => row.id,
      );
      const [old = ''] = await queueDeliveries(stack.sql, id, 1);
      await stack.sql`update webhook_queue set due_at = now() - interval '3 days'`;
      await lookAgain();
      expect((await exchange()).batch.items.map((item) => item.id)).toEqual([old]);
      await stack.sql`delete from webhook_queue`;
      const late = await stack.sql.reserve();
      await late`begin`;
      const [row] = await late<{ id: string }[]>`
        insert into webhook_queue (webhook_id, event_id, event_type, due_at)
        values (${id}, webhook_uuid_v7(), 'lead.created', now() - interval '1 minute') returning id`;
      await lookAgain();
      expect((await exchange()).batch.items).toEqual([]);
      await late`commit`;
      late.release();
      const [soon = ''] = await queueDeliveries(stack.sql, id, 1);
      expect((await exchange()).batch.items.map((item) => item.id)).toEqual([soon]);
      await lookAgain();
      expect((await exchange()).batch.items.map((item) => item.id)).toEqual([row?.id]);
    });
  });
});

describe('in_flight_elsewhere', () => {
  it('counts what other workers hold, not what the asking one does', async () => {
    for (let n = 0; n < 3; n++) await queueDeliveries(stack.sql, await addWebhook(stack.sql), 4);
    const [one, other] = [{ worker: 'one' }, { worker: 'other' }];
    const heldElsewhere = async (options: object) =>
      (await claim(stack.adminClient(), options)).in_flight_elsewhere;
    expect(await heldElsewhere({ ...one, max: 5 })).toBe(0);
    expect(await heldElsewhere(other)).toBe(5);
    expect(await heldElsewhere(one)).toBe(7);
    await stack.sql`update webhook_queue set locked_until = now() where worker = 'other'`;
    expect(await heldElsewhere(one)).toBe(0);
  });

  it('leaves out what was claimed a while ago: it hangs, or whoever claimed it is dead', async () => {
    await queueDeliveries(stack.sql, await addWebhook(stack.sql), 4);
    await claim(stack.adminClient(), { worker: 'other' });
    const heldElsewhere = async () => (await claim(stack.adminClient())).in_flight_elsewhere;
    expect(await heldElsewhere()).toBe(4);
    await stack.sql`update webhook_queue set locked_until = locked_until - interval '1 second'`;
    expect(await heldElsewhere()).toBe(0);
  });
});

describe('wait_ms', () => {
  const waitMs = async () => (await claim(stack.adminClient())).wait_ms;

  it('is null when nothing waits, or only for an inactive webhook', async () => {
    expect(await waitMs()).toBeNull();
    const webhookId = await addWebhook(stack.sql);
    await queueDeliveries(stack.sql, webhookId);
    await stack.sql`update webhooks set status = 'inactive' where id = ${webhookId}`;
    expect(await waitMs()).toBeNull();
  });

  it('is the time until the first delivery falls due', async () => {
    for (const seconds of [30, 10, 20]) {
      const [id = ''] = await queueDeliveries(stack.sql, await addWebhook(stack.sql));
      await stack.sql`update webhook_queue set due_at = now() + ${seconds} * interval '1 second' where id = ${id}`;
    }
    const ms = await waitMs();
    expect(ms).toBeGreaterThan(9000);
    expect(ms).toBeLessThanOrEqual(10_000);
  });

  it('is short while something due is in flight elsewhere', async () => {
    await queueDeliveries(stack.sql, await addWebhook(stack.sql));
    await claim(stack.adminClient());
    expect(await waitMs()).toBe(500);
  });

  it('is nothing when a claim left what it could have taken', async () => {
    await addWebhook(stack.sql, { max_in_flight: 100 });
    await stack.sql`
      select emit_webhook_event('lead.created', json_build_object('notes', repeat('x', n)))
      from unnest(array_fill(10, array[99]) || 260000) as n`;
    const { batch, wait_ms } = await claim(stack.adminClient());
    expect(batch.items.length).toBeLessThan(100);
    expect(wait_ms).toBe(0);
  });

  it('holds a wait of years', async () => {
    await addWebhooks(1, `now() + interval '10 years'`);
    expect(await waitMs()).toBe(2_147_483_647);
  });
});

describe('the answer', () => {
  it('names each webhook and each event once, with all that an attempt needs', async () => {
    const script = 'return { ...payload }';
    const first = await addWebhook(stack.sql, {
      headers: { 'X-Team': 'ventes "A"' },
      transform_enabled: true,
      transform_script: script,
      retry_enabled: false,
      max_retries: 7,
      retry_delay: 11,
      timeout_ms: 1500,
      body_format: 'raw',
      max_in_flight: 3,
    });
    const second = await addWebhook(stack.sql, { transform_script: script });
    const emitted = await stack.adminClient().rpc('emit_webhook_events', {
      events: [1, 2].map((n) => ({ event_type: 'lead.created', payload: { n } })),
    });
    const [one, two] = dataOf<{ event_id: string }[]>(emitted);
    const { batch, cursor } = await claim(stack.adminClient());
    const secrets = await stack.sql`select * from webhook_secrets order by webhook_id`;

    expect(cursor).toBeNull();
    expect(Object.keys(batch.webhooks).sort()).toEqual([first, second].sort());
    expect(batch.webhooks[first]).toEqual({
      url: 'https://receiver.test/hook',
      headers: { 'X-Team': 'ventes "A"' },
      body_format: 'raw',
      timeout_ms: 1500,
      transform_script: script,
      retry_enabled: false,
      retry_refusals: true,
      max_retries: 7,
      retry_delay: 11,
      max_in_flight: 3,
      seed_signature_enabled: true,
      secret_key: secrets.find((row) => row.webhook_id === first)?.secret_key,
      signing_secrets: [secrets.find((row) => row.webhook_id === first)?.signing_secret],
      alert: null,
    });
    expect(batch.webhooks[second]?.transform_script).toBeNull();
    expect(Object.keys(batch.events).sort()).toEqual([one?.event_id, two?.event_id].sort());
    expect(batch.events[one?.event_id ?? '']).toMatchObject({
      event_type: 'lead.created',
      payload: '{"n":1}',
    });
    expect(batch.items).toHaveLength(4);
    expect(batch.items[0]).toEqual({
      id: expect.any(String),
      fence: 1,
      webhook_id: expect.any(String),
      event_id: expect.any(String),
      retry_count: 0,
      attempt_count: 0,
      is_test: false,
      lease_ms: expect.any(Number),
    });
  });

  it('carries the former signing secret while a rotation overlaps, newest first, and no longer', async () => {
    const webhook_id = await addWebhook(stack.sql);
    const secretsOf = async () => {
      await queueDeliveries(stack.sql, webhook_id);
      return (await claim(stack.adminClient())).batch.webhooks[webhook_id]?.signing_secrets;
    };
    const [before] = (await secretsOf()) ?? [];
    dataOf(await stack.adminClient().rpc('rotate_webhook_secret', { webhook_id, secret: 'signing_secret' }));
    const during = (await secretsOf()) ?? [];
    expect(during).toEqual([expect.stringMatching(/^whsec_/), before]);
    await stack.sql`update webhook_secrets set previous_expires_at = now()`;
    expect(await secretsOf()).toEqual([during[0]]);
  });

  it('is there for a delivery whose event was removed with age', async () => {
    await queueDeliveries(stack.sql, await addWebhook(stack.sql));
    await emptyTables(stack.sql, 'webhook_events');
    const { batch } = await claim(stack.adminClient());
    expect(batch.items).toHaveLength(1);
    expect(batch.events).toEqual({});
  });
});
