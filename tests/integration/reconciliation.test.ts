import type { SupabaseClient } from '@supabase/supabase-js';
import fc from 'fast-check';
import type { JSONValue } from 'postgres';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { GET as reconcile } from '@/app/api/webhooks/[webhookId]/reconciliation/route';
import type { Reconciliation } from '@/lib/domain/reconciliation';
import { startTestStack, type TestStack } from '../support/database';
import { emptyTables } from '../support/emptyTables';
import { browser, call } from '../support/nextHeaders';
import {
  addWebhook,
  claimAll,
  dataOf,
  givenUp,
  resultOf,
  retryAfter,
  runJobs,
  settle,
  unknownId,
} from '../support/webhooks';

vi.mock('next/headers', () => import('../support/nextHeaders'));

/*
 * Reconciliation: the six figures add up to what happened, whatever has happened.
 */

let stack: TestStack;
let service: SupabaseClient;
let headers: { authorization: string };
beforeAll(async () => {
  stack = await startTestStack();
  service = stack.adminClient();
  browser.jar.clear();
  headers = { authorization: `Bearer ${await stack.accessToken('admin')}` };
});
afterAll(() => stack.stop());
beforeEach(async () => {
  await emptyTables(stack.sql);
});

const day = 86_400_000;
const ago = (days: number) => new Date(Date.now() - days * day).toISOString();
const ask = (webhookId: string, from: string, to = ago(-1)) =>
  call(reconcile, `/api/webhooks/${webhookId}/reconciliation?from=${from}&to=${to}`, {
    headers,
    params: { webhookId },
  });
const figures = async (webhookId: string, from: string) => {
  const { status, body } = await ask(webhookId, from);
  expect([status, body.code]).toEqual([200, undefined]);
  return (body as unknown as Reconciliation).types;
};

/** The same, asked of each event by itself. */
const counted = (webhookId: string, from: string) => stack.sql`
  with w as (select * from webhooks where id = ${webhookId}), event as (
    select e.event_type, d.status,
      webhook_listens(w.events, e.event_type) and e.erased_at is null
        and (w.condition_path is null or jsonb_path_match(e.payload::jsonb, w.condition_path, '{}', true)) as matches
    from webhook_events e cross join w left join webhook_deliveries d on d.event_id = e.id and d.webhook_id = w.id
    where e.origin <> 'test' and e.id >= webhook_uuid_v7_floor(${from})
  )
  select event_type, count(*)::int as happened,
    (count(*) filter (where status = 'success'))::int as delivered,
    (count(*) filter (where status in ('pending', 'retrying')))::int as waiting,
    (count(*) filter (where status = 'failed'))::int as failed,
    (count(*) filter (where status = 'skipped'))::int as skipped,
    (count(*) filter (where status is null and not matches))::int as not_matched,
    (count(*) filter (where status is null and matches))::int as never_had
  from event e
  where exists (select from event x where x.event_type = e.event_type and x.status is not null)
    or webhook_listens((select events from w), event_type)
  group by 1 order by 1`;

const types = ['lead.created', 'lead.updated', 'file.uploaded'];
const conditions = [{ field: 'statut', operator: 'is' as const, value: 'gagne' }];

/** What may happen, to two webhooks. */
const steps = {
  emit: async (n: number) => {
    const events = Array.from({ length: 1 + (n % 7) }, (_, i) => ({
      event_type: types[(n + i) % 3],
      payload: { id: String(n), statut: i % 2 ? 'gagne' : 'perdu' },
    }));
    await stack.sql`select emit_webhook_events(${JSON.stringify(events)}::text::json)`;
  },
  settle: async (n: number) => {
    const outcomes = [{}, givenUp(), { status: 'skipped' as const }, retryAfter(0)];
    const items = (await claimAll(service)).filter((_, i) => (n + i) % 5 > 0);
    await settle(
      service,
      items.map((item, i) => resultOf(item, outcomes[(n + i) % 4])),
    );
    // What was claimed and not settled may be claimed again.
    await stack.sql`update webhook_queue set locked_until = null where not is_test`;
  },
  status: async (n: number, ids: string[]) => {
    const status = n % 3 ? 'active' : 'inactive';
    await stack.sql`update webhooks set status = ${status} where id = ${ids[n % 2] ?? ''}`;
  },
  conditions: async (n: number, ids: string[]) => {
    const set = stack.sql.json((n % 3 ? conditions : []) as JSONValue);
    await stack.sql`update webhooks set conditions = ${set} where id = ${ids[n % 2] ?? ''}`;
  },
  subscription: async (n: number, ids: string[]) => {
    const events = [['lead.*'], ['*'], ['file.uploaded', 'lead.created']][n % 3] ?? [];
    await stack.sql`update webhooks set events = ${events} where id = ${ids[n % 2] ?? ''}`;
  },
  test: async (n: number, ids: string[]) => {
    const made = await service.rpc('create_test_delivery', {
      ...{ webhook_id: ids[n % 2], event_type: types[n % 3], payload: {}, worker: 'test' },
    });
    const { batch } = dataOf<{ batch: { items: { id: string; fence: number }[] } }>({
      ...made,
      data: { batch: made.data },
    });
    if (n % 2)
      await settle(
        service,
        batch.items.map((item) => resultOf(item)),
      );
  },
  missing: async (n: number, ids: string[]) => {
    await service.rpc('send_missing_webhook_events', { webhook_id: ids[n % 2], since: ago(100) });
    await runJobs(service, n % 4);
  },
  redeliver: async (n: number) => {
    await stack.sql`
      select redeliver_webhook_deliveries(array(select id from webhook_history order by id offset ${n % 5} limit 3))`;
  },
  cancel: async (n: number) => {
    await stack.sql`select cancel_webhook_deliveries(array(select id from webhook_queue order by id limit ${n % 4}))`;
  },
  erase: async (n: number) => {
    await stack.sql`select erase_webhook_record(payload ->> 'id') from webhook_events
      where payload ->> 'id' is not null order by id offset ${n % 9} limit 1`;
  },
  age: async () => {
    for (const [table, column] of [
      ['webhook_events', 'id'],
      ['webhook_queue', 'id'],
      ['webhook_queue', 'event_id'],
      ['webhook_history', 'id'],
      ['webhook_history', 'event_id'],
      ['webhook_late_deliveries', 'delivery_id'],
      ['webhook_late_deliveries', 'event_id'],
    ] as const)
      await stack.sql`
        update ${stack.sql(table)} set ${stack.sql(column)} = (left(webhook_uuid_v7_floor(
          webhook_uuid_v7_time(${stack.sql(column)}) - interval '20 days')::text, 14) || substr(${stack.sql(column)}::text, 15))::uuid`;
    await stack.sql`update webhook_history set created_at = created_at - interval '20 days', finished_at = finished_at - interval '20 days'`;
  },
  retention: async (n: number) => {
    for (let i = 0; i < n % 3; i += 1) await stack.sql`select trim_webhook_default_partition(30, 4)`;
  },
};

it('adds up, and says of each event what its delivery says, over random histories', async () => {
  const step = fc.tuple(
    fc.constantFrom<keyof typeof steps>(
      'emit',
      'emit',
      'settle',
      ...(Object.keys(steps) as (keyof typeof steps)[]),
    ),
    fc.nat(1000),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 30 }), async (history) => {
      await emptyTables(stack.sql);
      const ids = [
        await addWebhook(stack.sql, { events: ['lead.*'] }),
        await addWebhook(stack.sql, { events: ['*'], conditions }),
      ];
      for (const [name, n] of history) await steps[name](n, ids);
      for (const id of ids) {
        for (const from of [ago(1000), ago(30)]) {
          const shown = await figures(id, from);
          for (const { event_type, happened, ...six } of shown)
            expect([event_type, Object.values(six).reduce((sum, n) => sum + n, 0)]).toEqual([
              event_type,
              happened,
            ]);
          expect(shown).toEqual([...(await counted(id, from))]);
        }
      }
    }),
    { numRuns: 12, endOnFailure: true },
  );
}, 120_000);

it('names the rows of an attached table that told nobody, as far as it can', async () => {
  const id = await addWebhook(stack.sql);
  await stack.sql`delete from crm_leads`;
  await stack.sql`insert into crm_leads (nom) values ('told'), ('told too')`;
  const { body } = await ask(id, ago(1));
  expect(body.tables).toEqual([{ table: 'public.crm_leads', event_type: 'lead.created', untold: 0 }]);
  await stack.sql`alter table crm_leads disable trigger user`;
  await stack.sql`insert into crm_leads (nom) values ('told nobody')`;
  await stack.sql`alter table crm_leads enable trigger user`;
  expect((await ask(id, ago(1))).body.tables).toMatchObject([{ untold: 1 }]);
  await stack.sql`insert into crm_leads (nom) select 'many' from generate_series(1, 100000)`;
  expect((await ask(id, ago(1))).body.tables).toMatchObject([{ untold: null }]);
  await stack.sql`delete from crm_leads`;
});

it('begins with the oldest event that is kept, and is nothing where there is none', async () => {
  const id = await addWebhook(stack.sql);
  expect((await ask(id, ago(10))).body).toMatchObject({ types: [] });
  await steps.emit(0);
  const { body } = await ask(id, ago(10));
  expect(Date.parse(String(body.since))).toBeGreaterThan(Date.now() - day);
});

it('refuses what is no webhook and no time', async () => {
  expect((await ask(unknownId(), ago(1))).body.code).toBe('webhook_not_found');
  expect((await ask(await addWebhook(stack.sql), 'x')).status).toBe(422);
});
