// @module-tag local
import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { copyBeforeUpdate, goBackToCopy } from '../../scripts/stack/postgres/databaseCopy';
import { needsUpdate } from '../../scripts/stack/postgres/migrations';
import { startTestStack, superuserUrl, type TestStack } from '../support/database';

/*
 * Before a database is brought to a later version it is copied, once for that version.
 */

let stack: TestStack;
let source: string;
let server: Sql;
// The launcher copies as the superuser.
const urlOf = (database: string) => superuserUrl(stack).replace(/[^/]+$/, database);
const copies = async () =>
  (await server`select datname from pg_database where datname ^@ ${`${source}_before_`} order by 1`).map(
    ({ datname }) => datname,
  );

beforeAll(async () => {
  stack = await startTestStack();
  server = postgres(urlOf('postgres'), { max: 1, onnotice: () => {} });
  // Of a database to which nobody is connected, as at a start.
  source = `${stack.databaseUrl.split('/').at(-1)}_source`;
  const sql = postgres(urlOf('template1'), { max: 1 });
  await sql`create database ${sql(source)}`;
  await sql.end();
  const own = postgres(urlOf(source), { max: 1 });
  await own`create table kept (n int)`;
  await own`insert into kept values (1), (2)`;
  await own.end();
});
afterAll(async () => {
  for (const name of [...(await copies()), source]) await server`drop database ${server(name)}`;
  await server.end();
  await stack.stop();
});

async function inDatabase<T>(name: string, work: (sql: Sql) => Promise<T>): Promise<T> {
  const sql = postgres(urlOf(name), { max: 1, onnotice: () => {} });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}
const keptIn = (name: string) =>
  inDatabase(name, async (sql) => (await sql`select n from kept order by n`).map(({ n }) => n));

it('is kept as it was; while nothing is applied, as it is now', async () => {
  const copy = await copyBeforeUpdate(urlOf, source, '20270101000000');
  expect(await copies()).toEqual([copy]);
  // The version from before ran on, for a week perhaps.
  await inDatabase(source, (sql) => sql`insert into kept values (3)`);
  expect(await copyBeforeUpdate(urlOf, source, '20270101000000')).toBe(copy);
  expect(await keptIn(copy)).toEqual([1, 2, 3]);
});

it('is not made again of a database that is half brought there', async () => {
  await inDatabase(source, async (sql) => {
    await sql`insert into supabase_migrations.schema_migrations (version) values ('20270101000000')`;
    await sql`delete from kept where n < 3`;
  });
  const copy = await copyBeforeUpdate(urlOf, source, '20270101000000');
  expect(await keptIn(copy)).toEqual([1, 2, 3]);
});

it('is made again where it was being taken away as the server died', async () => {
  const [copy = ''] = await copies();
  // What Postgres leaves of a drop that was cut off.
  await server`update pg_database set datconnlimit = -2 where datname = ${copy}`;
  await expect(goBackToCopy(urlOf('template1'), source)).rejects.toThrow('Aucune copie');
  expect(await copyBeforeUpdate(urlOf, source, '20270101000000')).toBe(copy);
  expect(await keptIn(copy)).toEqual([3]);
});

it('is kept once: the copy of an earlier version makes room', async () => {
  const copy = await copyBeforeUpdate(urlOf, source, '20280101000000');
  expect(await copies()).toEqual([copy]);
});

it('fails with what to do while somebody is connected, and changes nothing', async () => {
  const somebody = postgres(urlOf(source), { max: 1 });
  await somebody`select 1`;
  const refused = copyBeforeUpdate(urlOf, source, '20290101000000');
  await expect(refused).rejects.toThrow('Rien n’a été modifié');
  expect(await copies()).toHaveLength(1);
  await somebody.end();
});

it('takes the place of the database, which is set aside', async () => {
  const aside = `${source}_after_20280101000000`;
  expect(await goBackToCopy(urlOf('template1'), source)).toBe(aside);
  expect(await copies()).toEqual([]);
  // The same update, and back again: what was set aside before is still there.
  await copyBeforeUpdate(urlOf, source, '20280101000000');
  expect(await goBackToCopy(urlOf('template1'), source)).toBe(`${aside}_2`);
  await copyBeforeUpdate(urlOf, source, '20280101000000');
  expect(await goBackToCopy(urlOf('template1'), source)).toBe(`${aside}_3`);
  for (const name of [aside, `${aside}_2`, `${aside}_3`]) await server`drop database ${server(name)}`;
  await expect(goBackToCopy(urlOf('template1'), source)).rejects.toThrow('Aucune copie');
});

it('is asked for by a schema that is older, not by none or by the newest', async () => {
  expect(await needsUpdate(stack.databaseUrl)).toBe(false);
  await inDatabase(source, (sql) => sql`truncate supabase_migrations.schema_migrations`);
  expect(await needsUpdate(urlOf(source))).toBe(false);
  await stack.sql`delete from supabase_migrations.schema_migrations where version = (select max(version) from supabase_migrations.schema_migrations)`;
  expect(await needsUpdate(stack.databaseUrl)).toBe(true);
});
