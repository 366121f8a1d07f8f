import { readFileSync } from 'node:fs';
import path from 'node:path';
import postgres from 'postgres';
import { describe, expect, it } from 'vitest';
import { superuserUrl } from '../support/database';
import { testStack } from '../support/testStack';

/*
 * What Supabase's advisor would say of the schema, asked of the catalogue (https://supabase.com/docs/guides/database/database-advisors;
 * the numbers are its own). It finds nothing but what docs/database.md lists with a reason.
 */

const stack = testStack();

/** Our schemas. */
const ours = `('public'::regnamespace, 'webhook_partitions'::regnamespace)`;

/** Each query answers what it finds, as `found`. */
const lints: Record<string, string> = {
  '0001 a foreign key without an index': `
    select format('%s (%s)', c.conrelid::regclass, c.conname) as found from pg_constraint c
    where c.contype = 'f' and c.connamespace in ${ours} and not exists (
      select from pg_index i where i.indrelid = c.conrelid and i.indpred is null
        and (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey)`,
  '0002 auth.users seen through a view': `
    select distinct v.oid::regclass::text as found from pg_class v
    join pg_rewrite r on r.ev_class = v.oid join pg_depend d on d.objid = r.oid
    where v.relnamespace in ${ours} and v.relkind in ('v', 'm') and d.refobjid = 'auth.users'::regclass`,
  '0003 a policy that asks who calls once for each row': `
    select format('%s: %s', p.polrelid::regclass, p.polname) as found from pg_policy p
    where regexp_replace(concat(pg_get_expr(p.polqual, p.polrelid), ' ', pg_get_expr(p.polwithcheck, p.polrelid)),
      'SELECT (auth\\.\\w+|current_setting|(public\\.)?is_webhook_\\w+)\\(', '', 'gi') ~ '(auth\\.\\w+|current_setting|is_webhook_\\w+)\\('`,
  '0004 a table without a primary key': `
    select c.oid::regclass::text as found from pg_class c
    where c.relnamespace in ${ours} and c.relkind in ('r', 'p')
      and not exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary)`,
  '0006 two permissive policies for one role and verb': `
    select p.polrelid::regclass::text as found from pg_policy p, unnest(p.polroles) as role
    where p.polpermissive group by p.polrelid, role having count(*) > 1`,
  '0007 policies where row-level security is off': `
    select p.polrelid::regclass::text as found from pg_policy p join pg_class c on c.oid = p.polrelid where not c.relrowsecurity`,
  '0008 a table that people may use, with row-level security and no policy': `
    select c.oid::regclass::text as found from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relrowsecurity
      and not exists (select from pg_policy p where p.polrelid = c.oid)
      and exists (select from unnest(array['anon', 'authenticated']) as role, unnest(array['select', 'insert', 'update', 'delete']) as verb
        where has_table_privilege(role, c.oid, verb))`,
  '0009 an index twice': `
    select string_agg(i.indexrelid::regclass::text, ', ' order by i.indexrelid::regclass::text) as found from pg_index i
    join pg_class c on c.oid = i.indexrelid where c.relnamespace in ${ours}
    group by i.indrelid, regexp_replace(pg_get_indexdef(i.indexrelid), '^.* USING ', '') having count(*) > 1`,
  '0010 a view with its owner’s rights': `
    select c.oid::regclass::text as found from pg_class c
    where c.relnamespace in ${ours} and c.relkind = 'v' and not coalesce('security_invoker=true' = any (c.reloptions), false)`,
  '0011 a function whose search path is the caller’s': `
    select p.proname as found from pg_proc p
    where p.pronamespace in ${ours} and not exists (select from unnest(p.proconfig) as setting where setting ^@ 'search_path=')`,
  '0013 a table without row-level security': `
    select c.oid::regclass::text as found from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relrowsecurity`,
  '0014 an extension in the schema of the API': `
    select e.extname as found from pg_extension e where e.extnamespace = 'public'::regnamespace`,
  '0015 a policy that believes what people write of themselves': `
    select format('%s: %s', p.polrelid::regclass, p.polname) as found from pg_policy p
    where concat(pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) ~ 'user_metadata'`,
  '0016, 0017 a materialized view or a foreign table in the API': `
    select c.oid::regclass::text as found from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('m', 'f')`,
  '0018 a type that no upgrade of Postgres carries over': `
    select format('%s.%s', a.attrelid::regclass, a.attname) as found from pg_attribute a join pg_class c on c.oid = a.attrelid
    where c.relnamespace in ${ours} and a.atttypid in ('regcollation'::regtype, 'regconfig'::regtype, 'regdictionary'::regtype,
      'regnamespace'::regtype, 'regoper'::regtype, 'regoperator'::regtype, 'regproc'::regtype, 'regprocedure'::regtype)`,
  '0021 a foreign key to a column of auth.users that is not its key': `
    select c.conname as found from pg_constraint c
    where c.contype = 'f' and c.connamespace in ${ours} and c.confrelid = 'auth.users'::regclass
      and array_to_string(c.confkey, ' ') <> (select array_to_string(i.indkey::int2[], ' ') from pg_index i where i.indrelid = c.confrelid and i.indisprimary)`,
  '0024 a policy that lets everybody write': `
    select format('%s: %s', p.polrelid::regclass, p.polname) as found from pg_policy p
    where p.polpermissive and p.polcmd <> 'r' and 'true' in (pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))`,
  '0028 a function with its owner’s rights for strangers': `
    select p.proname as found from pg_proc p
    where p.pronamespace in ${ours} and p.prosecdef and has_function_privilege('anon', p.oid, 'execute')`,
  '0029 a function with its owner’s rights for people': `
    select p.proname as found from pg_proc p
    where p.pronamespace in ${ours} and p.prosecdef and has_function_privilege('authenticated', p.oid, 'execute')`,
};

/** Of the tables in docs/database.md, the names in the first column, by the number of their lint. */
function documented(lint: string): string[] {
  const text = readFileSync(path.join(import.meta.dirname, '../../docs/database.md'), 'utf8');
  const section = new RegExp(`^### ${lint.slice(0, 4)}[^]*?(?=^#|$(?![^]))`, 'm').exec(text)?.[0] ?? '';
  return [...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name ?? '').sort();
}

it.each(Object.entries(lints))('%s', async (lint, query) => {
  const rows = await stack.sql.unsafe<{ found: string }[]>(query);
  const cure = 'Mend it, or list it under this number in docs/database.md with the reason why it must be so.';
  expect(rows.map(({ found }) => found).sort(), cure).toEqual(documented(lint));
});

describe('what is listed holds its reason', () => {
  it('0011: the names in it were resolved when it was made', async () => {
    const names = documented('0011');
    const rows =
      await stack.sql`select proname from pg_proc where proname = any (${names}) and prosqlbody is null`;
    expect([...rows]).toEqual([]);
  });

  it('0029: it asks by itself who calls', async () => {
    const names = documented('0029');
    const rows = await stack.sql`
      select proname from pg_proc where proname = any (${names}) and prosrc !~ 'is_webhook_(admin|member)\\(\\)|auth\\.(uid|jwt)\\(\\)'`;
    expect([...rows]).toEqual([]);
  });
});

// As the superuser: on a project nobody of us may change the schema `auth`.
it('the lints notice what they are for', { tags: ['local'] }, async () => {
  const sql = postgres(superuserUrl(stack), { max: 1, onnotice: () => {} });
  const planted = `
    create table public.planted (id int, lead_id uuid references public.crm_leads (id), user_id uuid, kind regproc);
    create policy open on public.planted for all using (true) with check (auth.uid() is not null);
    create policy metadata on public.planted for all using (auth.jwt() -> 'user_metadata' is not null);
    create index one on public.planted (user_id);
    create index two on public.planted (user_id);
    create view public.planted_view as select * from auth.users;
    create materialized view public.planted_copy as select 1 as one;
    create function public.planted_definer() returns int language sql security definer as 'select 1';
    grant execute on function public.planted_definer to anon, authenticated;
    create extension hstore schema public;
    create table public.planted_closed (id int primary key);
    alter table public.planted_closed enable row level security;
    grant select on public.planted_closed to authenticated;
    alter table auth.users add column if not exists planted text unique;
    alter table public.planted_closed add column known_as text references auth.users (planted);`;
  const missed: string[] = [];
  await sql
    .begin(async (transaction) => {
      await transaction.unsafe(planted);
      for (const [lint, query] of Object.entries(lints)) {
        const rows = await transaction.unsafe<{ found: string }[]>(query);
        const known = documented(lint);
        if (rows.every(({ found }) => known.includes(found))) missed.push(lint);
      }
      throw new Error('taken back');
    })
    .catch((error: Error) => {
      if (error.message !== 'taken back') throw error;
    });
  await sql.end();
  expect(missed).toEqual([]);
});
