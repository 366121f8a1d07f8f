import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { copyBeforeUpdate } from '../../scripts/stack/postgres/databaseCopy';
import { type PostgresServer, startPostgres } from '../../scripts/stack/postgres/postgres';
import { temporaryDataDir } from '../support/temporaryDataDir';

/*
 * The copy before an update, killed while its files are being copied: half of one is no copy.
 */

let dataDir: string;
let server: PostgresServer;

beforeAll(async () => {
  dataDir = temporaryDataDir();
  server = await startPostgres({ dataDir, password: 'copy-cut' });
  await inDatabase('postgres', async (sql) => {
    // Large enough for the copying to be met under way.
    await sql`create table kept as select n, repeat(md5(n::text), 20) as filler from generate_series(1, 200000) as n`;
  });
});
afterAll(async () => {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function inDatabase<T>(database: string, work: (sql: Sql) => Promise<T>): Promise<T> {
  const sql = postgres(server.url(database), { max: 1, onnotice: () => {} });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}

const copies = () =>
  inDatabase('template1', async (sql) =>
    (await sql`select datname from pg_database where datname like '%before%'`).map(({ datname }) => datname),
  );
const folders = () => readdirSync(path.join(server.home.data, 'base')).filter((name) => /^\d+$/.test(name));

it('a copy that was cut off is none, and the next one is whole', async () => {
  const before = new Set(folders());
  const watcher = postgres(server.url('template1'), { max: 1, fetch_types: false, onnotice: () => {} });
  await watcher`select 1`;
  const copying = copyBeforeUpdate(server.url, 'postgres', '20270101000000').then(
    () => 'made',
    () => 'cut off',
  );
  // Its folder is there, and not all of the files yet.
  const begun = () => folders().find((name) => !before.has(name));
  await expect.poll(begun, { timeout: 20_000, interval: 1 }).toBeDefined();
  const [copier] =
    await watcher`select pid from pg_stat_activity where query ilike 'create database%' and pid <> pg_backend_pid()`;
  process.kill(copier?.pid, 'SIGKILL');
  expect(await copying).toBe('cut off');
  await watcher.end({ timeout: 1 }).catch(() => {});

  // Postgres takes all of its processes down and comes back by itself.
  await expect.poll(() => copies().catch(() => null), { timeout: 30_000 }).toEqual([]);
  const copy = await copyBeforeUpdate(server.url, 'postgres', '20270101000000');
  expect(await copies()).toEqual([copy]);
  const [sum] = await inDatabase(
    copy,
    (sql) => sql`select count(*)::int as n, count(distinct filler)::int as fillers from kept`,
  );
  expect(sum).toEqual({ n: 200_000, fillers: 200_000 });
});
