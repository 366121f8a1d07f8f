import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import postgres, { type Sql } from 'postgres';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { projectRoot } from '../../scripts/stack/machine/dataDir.ts';
import { newestVersion } from '../../scripts/stack/postgres/migrations.ts';
import { type Launched, launchProduct, runProgramOf, serverAddress } from '../support/launched.ts';
import { oldDataDir } from '../support/oldDataDir.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { addWebhook } from '../support/webhooks.ts';
import { signIn } from './load.ts';

/*
 * `npm start` on a data folder of version 0.1.0: everything that was in it goes on, also when the power fails meanwhile; and
 * `npm run rollback` brings back what was before.
 */

const number = '9223372036854775807';
/** While this file is there, a migration waits where its text says. */
const hold = path.join(os.tmpdir(), `devlink-hold-${process.pid}`);
let old: string;
let receiver: Receiver;
let dataDir: string;
let launched: Launched | undefined;

beforeAll(async () => {
  receiver = await startReceiver();
  old = await oldDataDir(async (sql) => {
    await fill(sql, receiver.url);
    await sql.unsafe(waitWhereAsked);
  });
});
afterAll(async () => {
  rmSync(old, { recursive: true, force: true });
  await receiver.close();
});
beforeEach(() => {
  receiver.requests.length = 0;
  dataDir = `${old}-copy`;
  execFileSync('cp', ['-a', old, dataDir]);
});
afterEach(async () => {
  rmSync(hold, { force: true });
  await launched?.stop();
  launched = undefined;
  rmSync(dataDir, { recursive: true, force: true });
});

/**
 * A database that waits in the middle of being migrated: the file tells after how many migrations, and after how many of the
 * next one's statements that change the schema.
 */
const waitWhereAsked = `
  create schema held;
  create function held.wait() returns event_trigger language plpgsql security definer set search_path = '' as $$
  declare
    made text := coalesce(nullif(current_setting('held.made', true), ''), '0');
    applied text := (select count(*) from supabase_migrations.schema_migrations);
  begin
    while pg_catalog.pg_read_file('${hold}', true) = applied || ' ' || made loop perform pg_catalog.pg_sleep(0.05); end loop;
    perform pg_catalog.set_config('held.made', (made::int + 1)::text, true);
  end $$;
  create event trigger held_wait on ddl_command_start execute function held.wait();`;

/** Rows of every state that version 0.1.0 knew, with fixed names. */
async function fill(sql: Sql, url: string): Promise<void> {
  const active = await addWebhook(sql, { name: 'Actif', url: `${url}/active`, headers: { 'X-A': '1' } });
  const inactive = await addWebhook(sql, { name: 'Coupé', url: `${url}/inactive` });
  await sql`update webhook_secrets set previous_signing_secret = 'whsec_b2xk', previous_expires_at = now() + interval '1 day' where webhook_id = ${active}`;
  // Waiting; in flight under a lease that has run out; under one that has not; to be tried again; a test; with an idempotency key.
  await sql`select emit_webhook_event('lead.created', ${`{"id": ${number}}`}::text::json, 'key-1')`;
  for (const id of ['expired', 'leased', 'retrying', 'test'])
    await sql`select emit_webhook_event('lead.created', json_build_object('id', ${id}::text))`;
  const ofPayload = (id: string) =>
    sql`webhook_id = ${active} and event_id = (select id from webhook_events where payload ->> 'id' = ${id})`;
  await sql`update webhook_queue set locked_until = now() - interval '1 hour', fence = 4, worker = 'gone/1' where ${ofPayload('expired')}`;
  await sql`update webhook_queue set locked_until = now() + interval '8 seconds', fence = 2, worker = 'gone/2' where ${ofPayload('leased')}`;
  await sql`update webhook_queue set retry_count = 2, attempt_count = 2, last_status_code = 500, last_error_kind = 'status', last_error = 'The receiver answered 500.' where ${ofPayload('retrying')}`;
  await sql`update webhook_queue set is_test = true where ${ofPayload('test')}`;
  await sql`update webhooks set status = 'inactive' where id = ${inactive}`;
  // Final ones, with their attempts.
  await sql`
    insert into webhook_history (id, webhook_id, event_id, event_type, is_test, status, retry_count, attempt_count, fence, created_at)
    select webhook_uuid_v7(), ${active}, (select id from webhook_events order by id limit 1), 'lead.created', false, s, 0, 1, 1, now()
    from unnest(array['success', 'failed']) as s`;
  await sql`
    insert into webhook_attempts (delivery_id, attempt, webhook_id, started_at, duration_ms, succeeded, request_url, response_status, response_body)
    select id, 1, webhook_id, now(), 42, status = 'success', 'https://a.test/', 200, 'ok' from webhook_history`;
  await sql`insert into webhook_stats_hourly (webhook_id, hour, succeeded, failed, latency_histogram) values (${inactive}, date_trunc('hour', now()), 7, 3, array_fill(0, array[16]))`;
  await sql`insert into webhook_audit_log (webhook_id, action) values (${active}, 'created')`;
  await sql`insert into crm_leads (nom, email) values ('Lefèvre', 'chloe@exemple.fr')`;
  await sql`insert into crm_appointments (lead_id, titre, debut, fin) select id, 'Visite', now(), now() + interval '1 hour' from crm_leads`;
  await sql`insert into playground_inboxes (name) values ('Essai')`;
}

const migrations = path.join(projectRoot, 'supabase/migrations');
const tables =
  'webhook_events webhook_history webhook_attempts webhook_stats_hourly webhook_audit_log webhook_idempotency_keys webhook_roles crm_leads crm_appointments playground_inboxes'.split(
    ' ',
  );

interface State {
  counts: Record<string, number>;
  webhooks: postgres.Row[];
  secrets: postgres.Row[];
  /** Deliveries by what their event's payload says, of each webhook. */
  queue: string[];
}

async function stateOf(sql: Sql): Promise<State> {
  const counts: State['counts'] = {};
  for (const table of tables)
    counts[table] = (await sql`select count(*)::int as n from ${sql(table)}`)[0]?.n ?? 0;
  const queued = await sql<{ line: string }[]>`
    select w.name || ' ' || (e.payload ->> 'id') || ' ' || q.id as line
    from webhook_queue q join webhooks w on w.id = q.webhook_id join webhook_events e on e.id = q.event_id order by 1`;
  return {
    counts,
    webhooks: [...(await sql`select id, name, url, events, headers, status from webhooks order by id`)],
    secrets: [...(await sql`select * from webhook_secrets order by webhook_id`)],
    queue: queued.map(({ line }) => line),
  };
}

async function inDatabase<T>(work: (sql: Sql) => Promise<T>, database = 'postgres'): Promise<T> {
  const sql = postgres(serverAddress(dataDir, database) ?? '', {
    max: 1,
    fetch_types: true,
    onnotice: () => {},
  });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}

const copyName = `postgres_before_${newestVersion()}`;
const idsAt = (where: string) =>
  receiver.requests
    .filter(({ path: at }) => at === where)
    .map(({ headers }) => String(headers['webhook-id']));

/** That the running product has all that the folder had, and sends what waited. */
async function expectEverything(info: Awaited<ReturnType<Launched['ready']>>): Promise<void> {
  const before = await inDatabase(stateOf, copyName);
  expect(before.queue).toHaveLength(10);
  const waiting = before.queue.filter((line) => line.startsWith('Actif')).map((line) => line.split(' ')[2]);
  await receiver.waitFor(waiting.length, 60_000);
  expect(new Set(idsAt('/active'))).toEqual(new Set(waiting));
  expect(String(receiver.requests.map(({ body }) => String(body)))).toContain(`"id":${number}`);

  const now = await inDatabase(stateOf);
  expect(now.webhooks).toEqual(before.webhooks);
  expect(now.secrets).toEqual(before.secrets);
  // What waits for the inactive webhook waits on, and went nowhere.
  expect(now.queue.filter((line) => line.startsWith('Coupé'))).toHaveLength(5);
  expect(idsAt('/inactive')).toEqual([]);
  for (const table of tables.filter((name) => !/history|attempts|stats/.test(name)))
    expect([table, now.counts[table]]).toEqual([table, before.counts[table]]);
  await expect
    .poll(async () => (await inDatabase(stateOf)).counts, { timeout: 20_000 })
    .toMatchObject({
      webhook_history: (before.counts.webhook_history ?? 0) + 5,
      webhook_attempts: (before.counts.webhook_attempts ?? 0) + 5,
    });

  // Through the API, with the password of before: both final ones, the statistics, the key that is still the same event.
  const headers = { authorization: `Bearer ${await signIn(info)}`, 'content-type': 'application/json' };
  const get = async (where: string) => (await fetch(`${info.url}${where}`, { headers })).json();
  const { items } = await get('/api/deliveries?status=failed');
  expect(items).toHaveLength(1);
  const again = await fetch(`${info.url}/api/webhooks/trigger`, {
    method: 'POST',
    headers,
    body: `{"event_type":"lead.created","payload":{"id":"new"},"idempotency_key":"key-2"}`,
  });
  expect(again.status).toBe(202);
  await receiver.waitFor(waiting.length + 1, 20_000);
}

it('goes on with everything, and back again, twice', async () => {
  launched = launchProduct(dataDir);
  await expectEverything(await launched.ready());
  expect(launched.printed()).toContain(`Base copiée sous le nom ${copyName}`);
  const busy = await runProgramOf(dataDir, 'rollback');
  expect([busy.code, busy.printed]).toEqual([1, expect.stringContaining('est déjà utilisé')]);
  expect(await launched.stop()).toBe(0);

  for (const aside of [`postgres_after_${newestVersion()}`, `postgres_after_${newestVersion()}_2`]) {
    const back = await runProgramOf(dataDir, 'rollback');
    expect([back.code, back.printed]).toEqual([0, expect.stringContaining(`sous le nom ${aside},`)]);
    const nothing = await runProgramOf(dataDir, 'rollback');
    expect([nothing.code, nothing.printed]).toEqual([1, expect.stringContaining('rien à remettre')]);
    // The same again: the database of 0.1.0 is brought to this version once more.
    launched = launchProduct(dataDir);
    await launched.ready();
    const state = await inDatabase(stateOf, copyName);
    expect(state.queue).toHaveLength(10);
    expect(
      await inDatabase((sql) => sql`select from pg_database where datname ^@ 'postgres_after_'`),
    ).toHaveLength(aside.endsWith('_2') ? 2 : 1);
    expect(await launched.stop()).toBe(0);
  }
});

it.each([
  ['between two migrations', '18 0'],
  ['in the middle of a migration', '16 3'],
])('kill -9 of everything %s: the next start goes on', async (_, place) => {
  writeFileSync(hold, place);
  launched = launchProduct(dataDir);
  await expect.poll(isHeld, { timeout: 60_000, interval: 100 }).toBe(true);
  await launched.kill();
  rmSync(hold);
  launched = launchProduct(dataDir);
  const info = await launched.ready();
  const made = /Schéma à jour, (\d+) migrations appliquées/.exec(launched.printed());
  expect(Number(made?.[1])).toBe(readdirSync(migrations).length - Number(place.split(' ')[0]));
  await expectEverything(info);
});

/** Whether a migration waits in the database, at the place that was asked for. */
async function isHeld(): Promise<boolean> {
  if (serverAddress(dataDir, 'template1') === null) return false;
  return inDatabase(
    async (sql) =>
      (await sql`select from pg_stat_activity where wait_event = 'PgSleep' and datname = 'postgres'`).length >
      0,
    'template1',
  ).catch(() => false);
}
