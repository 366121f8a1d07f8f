// @module-tag local
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { migrate } from '../../scripts/stack/postgres/migrations';
import { superuser } from '../../scripts/stack/postgres/postgresInit';
import { startCluster, type TestCluster } from '../support/cluster';

/*
 * A database of version 0.1.0, with rows in every state, goes on after the update: nothing that waits is lost, and what was
 * set aside for an inactive webhook is neither sent nor gone.
 */

const all = path.join(import.meta.dirname, '../../supabase/migrations');
let old: string;
let cluster: TestCluster;
let stop: () => Promise<void>;
let sql: Sql;
let url: string;

beforeAll(async () => {
  old = mkdtempSync(path.join(os.tmpdir(), 'devlink-0.1.0-'));
  for (const file of readdirSync(all))
    if (file.startsWith('20261101')) cpSync(path.join(all, file), path.join(old, file));
  ({ cluster, stop } = await startCluster(old));
  url = `postgres://${superuser}:${cluster.secrets.databasePassword}@127.0.0.1:${cluster.port}/${cluster.template}`;
  sql = postgres(url, { max: 2, onnotice: () => {} });
}, 120_000);
afterAll(async () => {
  await sql.end();
  await stop();
  rmSync(old, { recursive: true });
});

it('a database of 0.1.0 goes on, with everything that was in it', async () => {
  const [active, inactive, broken] = await sql<{ id: string }[]>`
    insert into webhooks (name, url, events, headers) values
      ('Actif', 'https://a.test/', array['lead.created'], '{"X-A": "1"}'),
      ('Coupé', 'https://b.test/', array['lead.created'], '{}'),
      ('Abîmé', 'https://c.test/', array['lead.created'], '{"X": null, "Y": "2"}')
    returning id`;
  const secrets = await sql`select * from webhook_secrets order by webhook_id`;
  await sql`select emit_webhook_event('lead.created', '{"id": 9223372036854775807}', 'key-1')`;
  // One is under way, one is being retried.
  await sql`update webhook_queue set locked_until = now() + interval '1 minute', fence = 1, worker = 'x' where webhook_id = ${active?.id ?? ''}`;
  await sql`select emit_webhook_event('lead.created', '{"id": "2"}')`;
  await sql`update webhook_queue set retry_count = 1, due_at = now() + interval '1 hour' where webhook_id = ${inactive?.id ?? ''} and payload_bytes = 11`;
  await sql`update webhooks set status = 'inactive', disabled_reason = 'gone' where id = ${inactive?.id ?? ''}`;
  await sql`
    insert into webhook_history (id, webhook_id, event_id, event_type, is_test, status, retry_count, attempt_count, fence, created_at)
    select webhook_uuid_v7(), ${active?.id ?? ''}, webhook_uuid_v7(), 'lead.created', false, s, 0, 1, 1, now() from unnest(array['success', 'failed']) s`;
  await sql`insert into webhook_health (webhook_id, failures, paused_until, pauses) values (${broken?.id ?? ''}, 30, now() + interval '1 minute', 2)`;
  await sql`insert into webhook_stats_hourly (webhook_id, hour, succeeded, latency_histogram) values (${active?.id ?? ''}, date_trunc('hour', now()), 7, array_fill(0, array[16]))`;
  const [before] = await sql`select count(*)::int as n from webhook_queue`;
  expect((await sql`select from webhook_queue where due_at = 'infinity'`).length).toBe(2);

  // As the launcher does, and `supabase db push`: as the owner of what is there.
  const owner = url.replace(`//${superuser}:`, '//postgres:');
  expect(await migrate(owner)).toBeGreaterThan(0);
  expect(await migrate(owner)).toBe(0);

  expect((await sql`select count(*)::int as n from webhook_queue`)[0]).toEqual(before);
  expect(await sql`select from webhook_queue where not isfinite(due_at)`).toHaveLength(0);
  expect([...(await sql`select * from webhook_secrets order by webhook_id`)]).toEqual([...secrets]);
  const webhooks =
    await sql`select name, status, disabled_reason, headers, retry_refusals from webhooks order by id`;
  expect([...webhooks]).toEqual([
    { name: 'Actif', status: 'active', disabled_reason: null, headers: { 'X-A': '1' }, retry_refusals: true },
    { name: 'Coupé', status: 'inactive', disabled_reason: 'gone', headers: {}, retry_refusals: true },
    { name: 'Abîmé', status: 'active', disabled_reason: null, headers: { Y: '2' }, retry_refusals: true },
  ]);
  const [health] = await sql`select failures, outages, paused_until > now() as paused from webhook_health`;
  expect(health).toEqual({ failures: 30, outages: 30, paused: true });
  expect((await sql`select succeeded, skipped from webhook_stats_hourly`)[0]).toEqual({
    succeeded: 7,
    skipped: 0,
  });
  expect(await sql`select from webhook_history`).toHaveLength(2);

  const claimed = async () => {
    const [row] = await sql<{ answer: { batch: { items: { webhook_id: string; fence: number }[] } } }[]>`
      select claim_webhook_deliveries(100, 'new') as answer`;
    return row?.answer.batch.items ?? [];
  };
  // Of the active one what is not under way; nothing of the inactive and of the paused one.
  expect((await claimed()).map(({ webhook_id }) => webhook_id)).toEqual([active?.id]);
  await sql`update webhooks set status = 'active' where id = ${inactive?.id ?? ''}`;
  expect((await claimed()).map(({ webhook_id }) => webhook_id)).toEqual([inactive?.id]);
  await sql`update webhook_queue set locked_until = null, due_at = least(due_at, now())`;
  await sql`delete from webhook_health`;
  expect(await claimed()).toHaveLength(before?.n);
  // The key of before is the same event still.
  const [again] =
    await sql`select emit_webhook_event('lead.created', '{"id": 9223372036854775807}', 'key-1') as answer`;
  expect(again?.answer.deliveries).toBe(3);
  expect((await sql`select count(*)::int as n from webhook_queue`)[0]).toEqual(before);
}, 120_000);
