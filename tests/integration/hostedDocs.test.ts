import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { testStack } from '../support/testStack';
import { addWebhook, claim } from '../support/webhooks';

/*
 * The SQL of docs/hosted.md, on functions of the same names and arguments in place of the extensions pg_net, supabase_vault and
 * pg_cron, which cannot be had here: https://supabase.github.io/pg_net/api, https://supabase.com/docs/guides/database/vault
 */

const page = readFileSync(path.join(import.meta.dirname, '../../docs/hosted.md'), 'utf8');
const [setUp = '', takeAway = ''] = [...page.matchAll(/^```sql\n(.*?)^```/gms)].map(([, sql = '']) => sql);
const extensions = `
  create schema net; create schema vault; create schema cron;
  create table net.http_request_queue (id bigint generated always as identity, url text, headers jsonb, timeout_milliseconds int);
  create function net.http_get(url text, params jsonb default '{}', headers jsonb default '{}', timeout_milliseconds int default 5000)
    returns bigint language sql as $$
      insert into net.http_request_queue (url, headers, timeout_milliseconds) values ($1, $3, $4) returning id $$;
  create table vault.secrets (id uuid default gen_random_uuid(), name text, secret text);
  create view vault.decrypted_secrets as select id, name, secret as decrypted_secret from vault.secrets;
  create function vault.create_secret(new_secret text, new_name text default null, new_description text default '')
    returns uuid language sql as $$ insert into vault.secrets (name, secret) values ($2, $1) returning id $$;
  create table cron.job (jobname text, schedule text, command text);
  create function cron.schedule(job_name text, schedule text, command text)
    returns bigint language sql as $$ insert into cron.job values ($1, $2, $3) returning 1::bigint $$;
  create function cron.unschedule(job_name text) returns boolean language sql as $$ delete from cron.job where jobname = $1 returning true $$;`;

const stack = testStack();
beforeAll(async () => {
  await stack.sql.unsafe(extensions);
  await addWebhook(stack.sql);
});

const calls = () =>
  stack.sql`select url, headers ->> 'Authorization' as bearer, timeout_milliseconds as ms from net.http_request_queue order by id`;
const emit = () => stack.sql`select emit_webhook_event('lead.created', '{"id": "1"}')`;

it('the database calls the drain each minute, and at once for what comes while drains are quiet', async () => {
  await stack.sql.unsafe(setUp);
  const address = 'https://<your app>/api/cron/drain-deliveries';
  const bearer = 'Bearer <CRON_SECRET>';
  await emit();
  expect(await calls()).toEqual([{ url: `${address}?budget=1`, bearer, ms: 6000 }]);

  const [job] = await stack.sql`select schedule, command from cron.job where jobname = 'drain-deliveries'`;
  expect(job?.schedule).toBe('* * * * *');
  await stack.sql.unsafe(job?.command);
  expect(await calls()).toContainEqual({ url: `${address}?budget=55`, bearer, ms: 60_000 });

  await stack.sql`insert into webhook_workers (worker, last_settled_at) values ('busy/1', now())`;
  await emit();
  expect(await calls()).toHaveLength(2);
});

it('an event is stored also where the call cannot be made', async () => {
  await stack.sql`delete from webhook_workers`;
  await stack.sql`alter function net.http_get rename to http_gone`;
  await emit();
  await stack.sql`alter function net.http_gone rename to http_get`;
  expect((await claim(stack.adminClient())).batch.items).toHaveLength(3);
});

it('people cannot make it call', async () => {
  const client = await stack.clientFor('admin');
  const { error } = await client.schema('webhook_wake').rpc('call_drain', { seconds: 1 });
  expect(error).not.toBeNull();
  const [may] =
    await stack.sql`select has_schema_privilege('authenticated', 'webhook_wake', 'usage') as people`;
  expect(may?.people).toBe(false);
});

it('all of it can be taken away', async () => {
  await stack.sql.unsafe(takeAway);
  await emit();
  expect(await stack.sql`select from cron.job`).toHaveLength(0);
  expect(await stack.sql`select from vault.secrets`).toHaveLength(0);
  expect(await calls()).toHaveLength(2);
});
