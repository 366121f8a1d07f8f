// @module-tag local
import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formerDefaultGrants, preparePlatform } from '../../scripts/stack/api/platform';
import { migrate } from '../../scripts/stack/postgres/migrations';
import { superuser } from '../../scripts/stack/postgres/postgresInit';
import { requireCluster, startTestStack, type TestStack } from '../support/database';

/*
 * Hosted projects of before May 2026 give the API's roles everything on new tables and functions, later ones nothing. The
 * migrations leave the same rights on both: they grant each by name, and take back the rest.
 */

let stack: TestStack;
let former: Sql;
const database = `former_${process.pid}`;

beforeAll(async () => {
  stack = await startTestStack();
  const { port, secrets } = requireCluster();
  const url = (name: string, user = superuser) =>
    `postgres://${user}:${secrets.databasePassword}@127.0.0.1:${port}/${name}`;
  await stack.sql.unsafe(`create database ${database}`);
  await preparePlatform({ url }, database, secrets.databasePassword, formerDefaultGrants);
  await migrate(url(database, 'postgres'));
  former = postgres(url(database), { max: 1, onnotice: () => {} });
}, 120_000);
afterAll(async () => {
  await former.end();
  await stack.sql.unsafe(`drop database ${database}`);
  await stack.stop();
});

const roles = `unnest(array['anon', 'authenticated', 'service_role']) as role`;

/** What each role may do, one line a right. */
async function rights(sql: Sql): Promise<string[]> {
  const rows = await sql.unsafe<{ line: string }[]>(`
    select format('%s: %s on %s', role, verb, c.oid::regclass) as line
    from pg_class c, ${roles}, unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger']) as verb
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v') and has_table_privilege(role, c.oid, verb)
    union all
    select format('%s: %s on %s.%s', role, verb, c.oid::regclass, a.attname)
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped, ${roles},
      unnest(array['select', 'insert', 'update', 'references']) as verb
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v')
      and not has_table_privilege(role, c.oid, verb) and has_column_privilege(role, c.oid, a.attnum, verb)
    union all
    select format('%s: execute %s', role, p.oid::regprocedure) from pg_proc p, ${roles}
    where p.pronamespace = 'public'::regnamespace and has_function_privilege(role, p.oid, 'execute')
    union all
    select format('%s: %s on schema %s', role, verb, n.nspname) from pg_namespace n, ${roles}, unnest(array['usage', 'create']) as verb
    where n.nspname in ('public', 'webhook_partitions') and has_schema_privilege(role, n.oid, verb)
    order by 1`);
  return rows.map(({ line }) => line);
}

describe('on a project of either kind', () => {
  it('the API’s roles have the same rights', async () => {
    const [now, before] = [await rights(stack.sql), await rights(former)];
    expect(now.length).toBeGreaterThan(100);
    expect({
      onlyWithFormerDefaults: before.filter((line) => !now.includes(line)),
      onlyWithTodays: now.filter((line) => !before.includes(line)),
    }).toEqual({ onlyWithFormerDefaults: [], onlyWithTodays: [] });
  });

  it('the defaults are what they are said to be', async () => {
    for (const [sql, expected] of [
      [former, true],
      [stack.sql, false],
    ] as const) {
      const made = await sql
        .begin(async (transaction) => {
          await transaction.unsafe(
            `set local role postgres; create table public.fresh (id int); create function public.fresh_one() returns int language sql as 'select 1'`,
          );
          const [row] = await transaction`select
            has_table_privilege('anon', 'public.fresh', 'select') as read,
            has_table_privilege('service_role', 'public.fresh', 'insert') as write,
            has_function_privilege('anon', 'public.fresh_one()', 'execute') as call`;
          throw Object.assign(new Error('taken back'), { row });
        })
        .catch((error: Error & { row?: unknown }) => error.row ?? error);
      expect(made).toEqual({ read: expected, write: expected, call: expected });
    }
  });
});
