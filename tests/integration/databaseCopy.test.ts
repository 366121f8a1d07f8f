// @module-tag local
import postgres from 'postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { copyBeforeUpdate, goBackToCopy } from '../../scripts/stack/databaseCopy';
import { needsUpdate } from '../../scripts/stack/migrations';
import { startTestStack, type TestStack } from '../support/database';

/*
 * Before a database is brought to a later version it is copied, once for that version.
 */

let stack: TestStack;
let source: string;
const urlOf = (database: string) => stack.databaseUrl.replace(/[^/]+$/, database);
const copies = async () =>
  (await stack.sql`select datname from pg_database where datname ^@ ${`${source}_before_`} order by 1`).map(
    ({ datname }) => datname,
  );

beforeAll(async () => {
  stack = await startTestStack();
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
  for (const name of [...(await copies()), source]) await stack.sql`drop database ${stack.sql(name)}`;
  await stack.stop();
});

it('is kept as it was, and a copy that is there is not made again', async () => {
  const copy = await copyBeforeUpdate(urlOf('template1'), source, '20270101000000');
  expect(await copies()).toEqual([copy]);
  const changed = postgres(urlOf(source), { max: 1 });
  await changed`delete from kept`;
  await changed.end();
  expect(await copyBeforeUpdate(urlOf('template1'), source, '20270101000000')).toBe(copy);
  const kept = postgres(urlOf(copy), { max: 1 });
  expect(await kept`select n from kept order by n`).toMatchObject([{ n: 1 }, { n: 2 }]);
  await kept.end();
});

it('is kept once: the copy of an earlier version makes room', async () => {
  const copy = await copyBeforeUpdate(urlOf('template1'), source, '20280101000000');
  expect(await copies()).toEqual([copy]);
});

it('fails with what to do while somebody is connected, and changes nothing', async () => {
  const somebody = postgres(urlOf(source), { max: 1 });
  await somebody`select 1`;
  const refused = copyBeforeUpdate(urlOf('template1'), source, '20290101000000');
  await expect(refused).rejects.toThrow('Rien n’a été modifié');
  expect(await copies()).toHaveLength(1);
  await somebody.end();
});

it('takes the place of the database, which is set aside', async () => {
  expect(await goBackToCopy(urlOf('template1'), source)).toBe(`${source}_after_20280101000000`);
  expect(await copies()).toEqual([]);
  await stack.sql`drop database ${stack.sql(`${source}_after_20280101000000`)}`;
  await expect(goBackToCopy(urlOf('template1'), source)).rejects.toThrow('Aucune copie');
});

it('is asked for by a schema that is older, not by none or by the newest', async () => {
  expect(await needsUpdate(stack.databaseUrl)).toBe(false);
  expect(await needsUpdate(urlOf(source))).toBe(false);
  await stack.sql`delete from supabase_migrations.schema_migrations where version = (select max(version) from supabase_migrations.schema_migrations)`;
  expect(await needsUpdate(stack.databaseUrl)).toBe(true);
});
