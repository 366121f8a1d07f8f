import type { TransactionSql } from 'postgres';
import { beforeEach, describe, expect, it } from 'vitest';
import { exchangeDeliveries, type SettledResult } from '@/lib/store/queueStore';
import { queueFigures } from '@/lib/store/upkeepStore';
import { emptyTables } from '../support/emptyTables';
import { testStack } from '../support/testStack';
import {
  addWebhook,
  claim,
  claimAll,
  dataOf,
  givenUp,
  queueDeliveries,
  resultOf,
  retryAfter,
  settle,
  settleAll,
} from '../support/webhooks';

/*
 * Somebody holds a lock: a person with an open transaction, a dump, a forgotten session. It costs what it holds, and nobody
 * else.
 */

const stack = testStack();
beforeEach(async () => {
  await emptyTables(stack.sql);
});

/** Milliseconds in which what waits for nobody must have answered, on a busy machine. */
const soon = 3000;
async function soonDone<T>(work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const answer = await work();
  expect(performance.now() - began).toBeLessThan(soon);
  return answer;
}

/** Two webhooks with three leased deliveries each; `locked` is the one whose rows somebody will hold. */
async function twoWebhooks() {
  const [locked, other] = [await addWebhook(stack.sql), await addWebhook(stack.sql)];
  for (const id of [locked, other]) await queueDeliveries(stack.sql, id, 3);
  const items = await claimAll(stack.adminClient());
  const of = (id: string) => items.filter((item) => item.webhook_id === id);
  return { locked, other, lockedItems: of(locked), otherItems: of(other) };
}

describe('rows of a webhook’s queue that somebody has locked', () => {
  const hold = (transaction: TransactionSql, id: string) =>
    transaction`select from webhook_queue where webhook_id = ${id} for update`;

  it.each(['update', 'no key update', 'share', 'key share'])(
    'for %s: results of others in the same batch are written, theirs answered as busy, and written later',
    async (strength) => {
      const { locked, lockedItems, otherItems } = await twoWebhooks();
      const results = [...lockedItems, ...otherItems].map((item) => resultOf(item));
      let answer = { settled: [] as string[], busy: [] as string[] };
      await stack.sql.begin(async (transaction) => {
        await transaction.unsafe(`select from webhook_queue where webhook_id = '${locked}' for ${strength}`);
        answer = await soonDone(() => settleAll(stack.adminClient(), results));
        expect(answer.settled.sort()).toEqual(otherItems.map(({ id }) => id).sort());
        expect(answer.busy.sort()).toEqual(lockedItems.map(({ id }) => id).sort());
      });
      const again = results.filter(({ id }) => answer.busy.includes(id));
      expect(await settle(stack.adminClient(), again)).toHaveLength(3);
      expect(await stack.sql`select from webhook_history where status = 'success'`).toHaveLength(6);
    },
  );

  it('are passed over by claims, by those who give leases up, and by health', async () => {
    const [locked, other] = [await addWebhook(stack.sql), await addWebhook(stack.sql)];
    await queueDeliveries(stack.sql, locked, 3);
    const free = await queueDeliveries(stack.sql, other, 3);
    await stack.sql.begin(async (transaction) => {
      await hold(transaction, locked);
      const answer = await soonDone(() => claim(stack.adminClient()));
      expect(answer.batch.items.map(({ id }) => id).sort()).toEqual(free);
      await soonDone(() => queueFigures());
      await soonDone(async () =>
        dataOf(
          await stack.adminClient().rpc('release_webhook_leases', { worker: 'nobody', present: 'nobody/2' }),
        ),
      );
    });
    expect(await claimAll(stack.adminClient())).toHaveLength(3);
  });

  it('that are locked one by one cost only themselves', async () => {
    const { lockedItems } = await twoWebhooks();
    const [first, ...rest] = lockedItems;
    await stack.sql.begin(async (transaction) => {
      await transaction`select from webhook_queue where id = ${first?.id ?? ''} for update`;
      const answer = await settleAll(
        stack.adminClient(),
        lockedItems.map((item) => resultOf(item, retryAfter(0))),
      );
      expect(answer.busy).toEqual([first?.id]);
      expect(answer.settled).toHaveLength(rest.length);
    });
  });
});

describe('a webhook’s own row that somebody has locked', () => {
  it('holds up neither claims nor results, its own or others', async () => {
    const { locked, lockedItems, otherItems } = await twoWebhooks();
    await queueDeliveries(stack.sql, locked, 1);
    await stack.sql.begin(async (transaction) => {
      await transaction`select from webhooks for update`;
      const results = [...lockedItems, ...otherItems].map((item, n) =>
        resultOf(item, n ? {} : retryAfter(0)),
      );
      expect(await soonDone(() => settle(stack.adminClient(), results))).toHaveLength(6);
      expect(await soonDone(() => claimAll(stack.adminClient()))).toHaveLength(2);
      await soonDone(() => queueFigures());
      dataOf(
        await stack.adminClient().rpc('emit_webhook_event', { event_type: 'lead.created', payload: {} }),
      );
    });
  });

  it('holds up no claim either when nothing was ever sent to it', async () => {
    const locked = await addWebhook(stack.sql, { rate_limit: 5 });
    const ids = [
      ...(await queueDeliveries(stack.sql, locked, 1)),
      ...(await queueDeliveries(stack.sql, await addWebhook(stack.sql), 2)),
    ];
    await stack.sql.begin(async (transaction) => {
      await transaction`select from webhooks where id = ${locked} for update`;
      const items = await soonDone(() => claimAll(stack.adminClient()));
      expect(items.map(({ id }) => id).sort()).toEqual(ids.sort());
      const results = items.map((item) => resultOf(item, { ...retryAfter(1000), hold_ms: 1000 }));
      expect(await soonDone(() => settle(stack.adminClient(), results))).toHaveLength(3);
    });
  });

  it('refuses a 410 for that webhook within the limit, and says so: nobody waits for longer', async () => {
    const { locked, lockedItems, otherItems } = await twoWebhooks();
    const [gone] = lockedItems;
    await stack.sql.begin(async (transaction) => {
      await transaction`select from webhooks where id = ${locked} for update`;
      const refused = await soonDone(async () =>
        stack.adminClient().rpc('settle_webhook_deliveries', {
          results: [
            resultOf(gone ?? { id: '', fence: 0 }, givenUp('gone')),
            ...otherItems.map((item) => resultOf(item)),
          ],
        }),
      );
      expect(refused.error?.code).toBe('55P03');
      expect(
        await settle(
          stack.adminClient(),
          otherItems.map((item) => resultOf(item)),
        ),
      ).toHaveLength(3);
    });
    expect(
      await settle(stack.adminClient(), [resultOf(gone ?? { id: '', fence: 0 }, givenUp('gone'))]),
    ).toHaveLength(1);
    const [row] = await stack.sql`select status, disabled_reason from webhooks where id = ${locked}`;
    expect(row).toEqual({ status: 'inactive', disabled_reason: 'gone' });
  });
});

describe.each([
  ['webhook_stats_hourly', {}],
  ['webhook_health', retryAfter(60_000)],
  ['webhook_holds', { ...retryAfter(1000), hold_ms: 1000 }],
])('a row of %s that somebody has locked', (table, fields) => {
  it('ends the write within its limit with a code of its own; the others are written without it', async () => {
    const { locked, lockedItems, otherItems } = await twoWebhooks();
    await stack.sql`
      insert into webhook_stats_hourly (webhook_id, hour, stripe, latency_histogram)
      select ${locked}, date_trunc('hour', now()), stripe, array_fill(0, array[16]) from generate_series(0, 361) as stripe`;
    await stack.sql`insert into webhook_health (webhook_id, failures) values (${locked}, 1)`;
    await stack.sql`insert into webhook_holds (webhook_id, held_until, status_code) values (${locked}, now(), 429)`;
    await stack.sql.begin(async (transaction) => {
      await transaction`select from ${stack.sql(table)} where webhook_id = ${locked} for update`;
      const results = [
        ...lockedItems.map((item) => resultOf(item, fields)),
        ...otherItems.map((item) => resultOf(item)),
      ];
      const { error } = await soonDone(async () =>
        stack.adminClient().rpc('settle_webhook_deliveries', { results }),
      );
      expect(error?.code).toBe('55P03');
      expect(
        await soonDone(() =>
          settle(
            stack.adminClient(),
            otherItems.map((item) => resultOf(item)),
          ),
        ),
      ).toHaveLength(3);
      await soonDone(() => claim(stack.adminClient()));
    });
    expect(
      await settle(
        stack.adminClient(),
        lockedItems.map((item) => resultOf(item, fields)),
      ),
    ).toHaveLength(3);
  });
});

describe('a webhook with a rate', () => {
  it('whose pace somebody has locked costs the others nothing', async () => {
    const paced = await addWebhook(stack.sql, { rate_limit: 10 });
    await queueDeliveries(stack.sql, paced, 3);
    const free = await queueDeliveries(stack.sql, await addWebhook(stack.sql), 3);
    await stack.sql.begin(async (transaction) => {
      await transaction`select from webhook_pace for update`;
      const answer = await soonDone(() => claim(stack.adminClient()));
      expect(answer.batch.items.map(({ id }) => id).sort()).toEqual(free);
    });
    expect((await claimAll(stack.adminClient())).length).toBeGreaterThan(0);
  });

  it('is not locked by a look at a queue in which nothing of it is due', async () => {
    await stack.sql`
      insert into webhooks (name, url, events, rate_limit)
      select 'rated', 'https://receiver.test/', array['lead.created'], 10 from generate_series(1, 2000)`;
    const wal = async () =>
      Number((await stack.sql`select pg_current_wal_insert_lsn() - '0/0' as bytes`)[0]?.bytes);
    await claim(stack.adminClient());
    const before = await wal();
    await claim(stack.adminClient());
    expect((await wal()) - before).toBeLessThan(20_000);
  });
});

describe('a table of which somebody holds every row', () => {
  /** Locks of these cost their own webhook, as told above. */
  const ownCost = [
    'webhook_queue',
    'webhook_stats_hourly',
    'webhook_health',
    'webhook_holds',
    'webhook_pace',
  ];
  const exchange = (results: SettledResult[] = []) =>
    exchangeDeliveries(results, { maxItems: 100, worker: 'test/1', after: null, patienceMs: 100 });

  /** A row in every table of ours, so that there is something to lock. */
  async function rowsEverywhere(): Promise<string> {
    const events = ['file.deleted'];
    const webhookId = await addWebhook(stack.sql, { events, max_in_flight: 100 });
    await queueDeliveries(stack.sql, webhookId, 2);
    const { claim: first } = await exchange();
    const [done, again] = first?.batch.items ?? [];
    await settle(stack.adminClient(), [
      resultOf(done ?? { id: '', fence: 0 }),
      resultOf(again ?? { id: '', fence: 0 }, retryAfter(3_600_000)),
    ]);
    const admin = await stack.clientFor('admin');
    dataOf(await admin.rpc('reveal_webhook_secrets', { webhook_id: webhookId }));
    await stack.sql`insert into webhook_idempotency_keys (key, event_id) values (${webhookId}, ${webhookId})`;
    await stack.sql`insert into webhook_jobs (kind, webhook_id) values ('cancel', ${await addWebhook(stack.sql, { events })})`;
    await stack.sql`insert into webhook_stopped_records (webhook_id, record_id, delivery_id) values (${webhookId}, '1', ${webhookId})`;
    await stack.sql`
      insert into webhook_record_states (webhook_id, record_id, sequence, delivery_id) values (${webhookId}, '1', 1, ${webhookId})`;
    await stack.sql`
      insert into webhook_late_deliveries (webhook_id, event_id, delivery_id) values (${webhookId}, ${webhookId}, ${webhookId})`;
    await stack.sql`update webhooks set transform_script = 'return payload' where id = ${webhookId}`;
    const [draft] = await stack.sql`
      insert into webhook_script_drafts (webhook_id, script) values (${webhookId}, 'return {}') returning id`;
    await stack.sql`
      insert into webhook_shadow_examples (draft_id, event_id, event_type, outcome)
      values (${draft?.id}, ${webhookId}, 'file.deleted', 'failed')`;
    await stack.sql`insert into webhook_tokens (name, prefix, sha256, scope) values ('x', 'dlk_x', sha256(${webhookId}::text::bytea), 'read')`;
    await stack.sql`insert into webhook_troubles (webhook_id, condition) values (${webhookId}, 'paused')`;
    await stack.sql`insert into webhook_alert_messages (alert_id, webhook_id) values (${webhookId}, ${webhookId})`;
    await stack.sql`insert into crm_leads (nom) values ('Durand')`;
    await stack.sql`insert into webhook_event_words (event_id, words) select id, '' from webhook_events limit 1`;
    return webhookId;
  }

  it('is no reason to send nothing', async () => {
    const webhookId = await rowsEverywhere();
    const tables = await stack.sql<{ name: string; held: boolean }[]>`
      select tablename as name from pg_tables
      where schemaname = 'public' and tablename ^@ 'webhook' and tablename <> all (${ownCost}) order by 1`;
    expect(tables.length).toBeGreaterThan(10);
    for (const { name } of tables) {
      // What a drain writes of itself is due again.
      await stack.sql`update webhook_workers set last_exchange_at = now() - interval '1 minute'`;
      await stack.sql`insert into webhook_order_notes (webhook_id, record_id) values (${webhookId}, '1')`;
      await queueDeliveries(stack.sql, webhookId, 2);
      await stack.sql.begin(async (transaction) => {
        const held = await transaction`select from ${stack.sql(name)} for update`;
        expect([name, held.length > 0]).toEqual([name, true]);
        const sent = await soonDone(() => exchange()).catch((error: Error) => error);
        if (sent instanceof Error) expect([name, sent.message]).toEqual([name, '']);
        else {
          expect([name, sent.claim?.batch.items.length]).toEqual([name, 2]);
          const results = sent.claim?.batch.items.map((item) => resultOf(item)) ?? [];
          const written = await soonDone(() => exchange(results)).catch((error: Error) => error);
          expect([name, written]).toMatchObject([name, { busy: [] }]);
        }
        const emitted = await soonDone(async () =>
          stack.adminClient().rpc('emit_webhook_event', { event_type: 'lead.deleted', payload: {} }),
        );
        expect([name, emitted.error]).toEqual([name, null]);
        await soonDone(() => queueFigures());
      });
    }
  });

  it('or reads them all, as a dump does, neither', async () => {
    const webhookId = await rowsEverywhere();
    await queueDeliveries(stack.sql, webhookId, 2);
    const tables = await stack.sql<{ name: string }[]>`
      select schemaname || '.' || tablename as name from pg_tables where schemaname in ('public', 'webhook_partitions')`;
    await stack.sql.begin(async (transaction) => {
      for (const { name } of tables) await transaction.unsafe(`lock table ${name} in access share mode`);
      const { claim: taken } = await soonDone(() => exchange());
      const results = taken?.batch.items.map((item) => resultOf(item)) ?? [];
      expect(results).toHaveLength(2);
      expect(await soonDone(() => exchange(results))).toMatchObject({ busy: [] });
      dataOf(
        await stack.adminClient().rpc('emit_webhook_event', { event_type: 'lead.created', payload: {} }),
      );
      await soonDone(() => queueFigures());
      await soonDone(async () => dataOf(await stack.adminClient().rpc('run_webhook_job_step')));
      const admin = await stack.clientFor('admin');
      const change = { status: 'inactive' };
      expect((await admin.from('webhooks').update(change).eq('id', webhookId)).error).toBeNull();
      dataOf(await admin.rpc('delete_webhook', { webhook_id: webhookId }));
    });
  });
});
