// @module-tag local
import { globSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { preparePlatform } from '../../scripts/stack/api/platform';
import { superuser } from '../../scripts/stack/postgres/postgresInit';
import { requireCluster, startTestStack, type TestStack } from '../support/database';

/*
 * supabase/schemas/ says what the database is, supabase/migrations/ makes it: a database made of the one has the same catalogue
 * as one made of the other.
 */

const supabase = path.join(import.meta.dirname, '../../supabase');

/** The files of `schema_paths` in config.toml, each once, in their order. */
function schemaFiles(): string[] {
  const config = readFileSync(path.join(supabase, 'config.toml'), 'utf8');
  const list = /^schema_paths = \[([^\]]*)\]/m.exec(config)?.[1] ?? '';
  const patterns = [...list.matchAll(/"\.\/([^"]+)"/g)].map(([, pattern]) => pattern ?? '');
  return [...new Set(patterns.flatMap((pattern) => globSync(pattern, { cwd: supabase }).sort()))];
}

let stack: TestStack;
let declared: Sql;
const database = `declared_${process.pid}`;

beforeAll(async () => {
  stack = await startTestStack();
  const { port, secrets } = requireCluster();
  const url = (name: string, user = superuser) =>
    `postgres://${user}:${secrets.databasePassword}@127.0.0.1:${port}/${name}`;
  await stack.sql.unsafe(`create database ${database}`);
  await preparePlatform({ url }, database, secrets.databasePassword);
  const owner = postgres(url(database, 'postgres'), { max: 1, onnotice: () => {} });
  for (const file of schemaFiles()) {
    await owner.unsafe(readFileSync(path.join(supabase, file), 'utf8')).catch((error: Error) => {
      throw new Error(`supabase/${file}: ${error.message}`, { cause: error });
    });
  }
  await owner.end();
  declared = postgres(url(database), { max: 1, onnotice: () => {} });
}, 120_000);
afterAll(async () => {
  await declared?.end();
  await stack.sql.unsafe(`drop database if exists ${database}`);
  await stack.stop();
});

/** Rights of others than the owner. */
const acl = (acl: string, kind: string, owner: string) => `(
  select string_agg(format('%s to %s', a.privilege_type, case a.grantee when 0 then 'public' else a.grantee::regrole::text end), ', '
    order by a.grantee, a.privilege_type)
  from aclexplode(coalesce(${acl}, acldefault('${kind}', ${owner}))) a where a.grantee <> ${owner})`;

// Days' partitions come and go.
const relations = `pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname in ('public', 'webhook_partitions') and c.relkind in ('r', 'p', 'v') and c.relname !~ '_\\d{8}$'`;
const columnOrder =
  '(select count(*) from pg_attribute b where b.attrelid = a.attrelid and b.attnum between 1 and a.attnum and not b.attisdropped)';

const catalogue = `
  select 'schema' as kind, n.nspname::text as name, n.nspname::text as subject, concat_ws(E'\\n', ${acl('n.nspacl', 'n', 'n.nspowner')}) as is
  from pg_namespace n where n.nspname in ('public', 'webhook_partitions')
  union all
  select 'relation', c.relname, c.relname, concat_ws(E'\\n', c.relkind, c.reloptions::text, 'row security ' || c.relrowsecurity,
    case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end, pg_get_expr(c.relpartbound, c.oid),
    case when c.relkind = 'v' then pg_get_viewdef(c.oid) end, obj_description(c.oid, 'pg_class'), ${acl('c.relacl', 'r', 'c.relowner')})
  from ${relations}
  union all
  select 'column', format('%s.%s', c.relname, a.attname), c.relname, concat_ws(E'\\n', 'column ' || ${columnOrder}, format_type(a.atttypid, a.atttypmod),
    case when a.attnotnull then 'not null' end, case a.attgenerated when 's' then 'generated' end, pg_get_expr(d.adbin, d.adrelid),
    col_description(c.oid, a.attnum),
    (select string_agg(format('%s to %s', x.privilege_type, x.grantee::regrole), ', ' order by x.grantee, x.privilege_type) from aclexplode(a.attacl) x))
  from (select c.oid, c.relname from ${relations}) as c
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
  union all
  select 'constraint', format('%s on %s', k.conname, c.relname), c.relname, pg_get_constraintdef(k.oid) || case when k.convalidated then '' else ' not valid' end
  from (select c.oid, c.relname from ${relations}) as c join pg_constraint k on k.conrelid = c.oid and k.contype <> 'n'
  union all
  select 'index', i.indexrelid::regclass::text, c.relname, pg_get_indexdef(i.indexrelid)
  from (select c.oid, c.relname from ${relations}) as c join pg_index i on i.indrelid = c.oid
  union all
  select 'trigger', format('%s on %s', t.tgname, c.relname), t.tgname, format('%s %s', t.tgenabled, pg_get_triggerdef(t.oid))
  from (select c.oid, c.relname from ${relations}) as c join pg_trigger t on t.tgrelid = c.oid and not t.tgisinternal
  union all
  select 'policy', format('%s on %s', p.polname, c.relname), c.relname, concat_ws(E'\\n', p.polcmd, p.polpermissive,
    array(select r::regrole::text from unnest(p.polroles) r order by 1)::text, pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
  from (select c.oid, c.relname from ${relations}) as c join pg_policy p on p.polrelid = c.oid
  union all
  select 'function', p.oid::regprocedure::text, p.proname, concat_ws(E'\\n', pg_get_functiondef(p.oid), obj_description(p.oid, 'pg_proc'),
    ${acl('p.proacl', 'f', 'p.proowner')})
  from pg_proc p where p.pronamespace = 'public'::regnamespace
  union all
  select 'chore', c.chore, 'webhook_chores', c.every::text from public.webhook_chores c`;

type Thing = { kind: string; name: string; subject: string; is: string };

/** The catalogue as it is within a transaction after a change, or as it is. */
async function things(sql: Sql, change = 'select'): Promise<Map<string, Thing>> {
  let rows: Thing[] = [];
  await sql
    .begin(async (transaction) => {
      await transaction.unsafe(change);
      await transaction`set local search_path = ''`;
      rows = await transaction.unsafe<Thing[]>(catalogue);
      throw new Error('taken back');
    })
    .catch((error: Error) => {
      if (error.message !== 'taken back') throw error;
    });
  return new Map(rows.map((row) => [`${row.kind} ${row.name}`, row]));
}

/** The file that has a thing; or where things of its kind are. */
function fileOf({ kind, subject }: Thing): string {
  const pattern = new RegExp(`^(create|alter) .*\\b${subject}\\b`, 'm');
  const folder = kind === 'policy' ? /^schemas\/policies/ : /^schemas\/(?!policies)/;
  const file = schemaFiles().find(
    (candidate) =>
      folder.test(candidate) && pattern.test(readFileSync(path.join(supabase, candidate), 'utf8')),
  );
  return `supabase/${file ?? 'schemas/'}`;
}

/** The first line in which two texts differ. */
function firstDifference(made: string, said: string): string {
  const [lines, others] = [made.split('\n'), said.split('\n')];
  const at = lines.findIndex((line, n) => line !== others[n]);
  const n = at < 0 ? lines.length : at;
  return `\n    migrations: ${lines[n] ?? '(nothing)'}\n    schemas:    ${others[n] ?? '(nothing)'}`;
}

function differences(ones: Map<string, Thing>, others: Map<string, Thing>): string[] {
  const all = new Map([...ones, ...others]);
  return [...all].flatMap(([key, thing]) => {
    const [one, other] = [ones.get(key), others.get(key)];
    const where = `${key} (${fileOf(thing)})`;
    if (!one) return [`${where}: only in schemas/; no migration makes it`];
    if (!other) return [`${where}: made by a migration, missing in schemas/`];
    return one.is === other.is ? [] : [`${where}: differs${firstDifference(one.is, other.is)}`];
  });
}

it('schemas/ and migrations/ make the same database', async () => {
  const said = await things(declared);
  expect(said.size).toBeGreaterThan(400);
  const found = differences(await things(stack.sql), said);
  expect(found, `${found.join('\n')}\n\nsupabase/schemas/README.md says how to keep them in step.`).toEqual(
    [],
  );
});

it('every file of schemas/ is applied', () => {
  const files = readdirSync(path.join(supabase, 'schemas'), { recursive: true }) as string[];
  const there = files.filter((file) => file.endsWith('.sql')).map((file) => `schemas/${file}`);
  expect(schemaFiles().sort()).toEqual(there.sort());
});

it('names what differs, and its file', async () => {
  const changes: [change: string, told: RegExp][] = [
    [
      'alter table public.webhooks add column planted integer',
      /^column webhooks\.planted \(supabase\/schemas\/tables\/webhooks\.sql\): only/,
    ],
    [
      'drop index public.webhooks_events',
      /^index public\.webhooks_events \(supabase\/schemas\/tables\/webhooks\.sql\): made/,
    ],
    [
      'alter function public.webhook_queue_figures reset search_path',
      /^function public\.webhook_queue_figures\(\) \(supabase\/schemas\/verbs\/figures\.sql\): differs/,
    ],
    [
      'grant execute on function public.webhook_pause to anon',
      /^function public\.webhook_pause.* \(supabase\/schemas\/rules\/pace\.sql\): differs/,
    ],
    [
      'grant update (id) on public.crm_leads to authenticated',
      /^column crm_leads\.id \(supabase\/schemas\/tables\/crm_leads\.sql\): differs/,
    ],
    [
      'alter policy "members share the CRM" on public.crm_leads using (true)',
      /^policy members share the CRM on crm_leads \(supabase\/schemas\/policies\/crm\.sql\): differs/,
    ],
    [
      'alter table public.crm_leads disable trigger after_crm_leads_insert',
      /^trigger after_crm_leads_insert on crm_leads \(supabase\/schemas\/triggers\/crm\.sql\): differs/,
    ],
    ['alter table public.webhook_holds alter column slots drop default', /^column webhook_holds\.slots/],
    [
      'alter table public.webhook_holds drop constraint webhook_holds_slots_check',
      /^constraint webhook_holds_slots_check on webhook_holds/,
    ],
    [
      "comment on view public.webhook_gates is 'planted'",
      /^relation webhook_gates \(supabase\/schemas\/views\/webhook_gates\.sql\): differs/,
    ],
    ["update public.webhook_chores set every = '1 year' where chore = 'forget_jobs'", /^chore forget_jobs/],
  ];
  const made = await things(stack.sql);
  const missed: string[] = [];
  for (const [change, told] of changes) {
    const found = differences(made, await things(declared, change));
    if (found.length !== 1 || !told.test(found[0] ?? '')) missed.push(`${change}: ${found.join('; ')}`);
  }
  expect(missed).toEqual([]);
});
