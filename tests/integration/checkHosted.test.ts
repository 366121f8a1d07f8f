// @module-tag local
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { signUp } from '../../scripts/stack/accounts';
import { preparePlatform } from '../../scripts/stack/platform';
import { superuser } from '../../scripts/stack/postgresInit';
import { type SupabaseApi, serveSupabaseApi } from '../../scripts/stack/supabaseApi';
import { testAccounts } from '../support/accounts';

/*
 * `npm run check:hosted` on an empty database of the local stack, with two files of tests; the whole of it is for a real project.
 */

const root = path.join(import.meta.dirname, '../..');
const database = `check_${randomBytes(6).toString('hex')}`;
let urlOf: (database: string, role?: string) => string;
let sql: Sql;
let api: SupabaseApi;

beforeAll(async () => {
  const cluster = inject('cluster');
  if (!cluster) throw new Error('no local stack');
  const { port, secrets } = cluster;
  urlOf = (name, role = superuser) =>
    `postgres://${role}:${secrets.databasePassword}@127.0.0.1:${port}/${name}`;
  const server = postgres(urlOf('postgres'), { max: 1 });
  await server`create database ${server(database)}`;
  await server.end();
  await preparePlatform({ url: urlOf }, database, secrets.databasePassword);
  for (const account of Object.values(testAccounts)) await signUp(urlOf(database), secrets, account);
  api = await serveSupabaseApi(urlOf(database), secrets);
  sql = postgres(urlOf(database), { max: 1, onnotice: () => {} });
});
afterAll(async () => {
  await sql.end();
  await api.stop();
});

function check(...files: string[]): Promise<{ code: number | null; output: string }> {
  const args = ['--url', api.url, '--publishable-key', api.publishableKey, '--service-key', api.secretKey];
  const given = [...args, '--database-url', urlOf(database, 'postgres'), ...files];
  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined };
  const child = spawn(process.execPath, ['scripts/checkHosted.ts', ...given], { cwd: root, env });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
}

/** What a database has that an empty one has not. */
const made = () => sql`
  select relname as name from pg_class where relnamespace = 'public'::regnamespace
  union all select proname from pg_proc where pronamespace = 'public'::regnamespace
  union all select typname from pg_type where typnamespace = 'public'::regnamespace
  union all select nspname from pg_namespace where nspname ~ '^webhook|_migrations$'`;

it('tries an empty project as its `postgres`, and leaves it empty', { timeout: 180_000 }, async () => {
  const { code, output } = await check('schema.test', 'settleStore.test');
  expect(code, output).toBe(0);
  expect(output).toMatch(/Test Files +2 passed/);
  expect(await made()).toHaveLength(0);
});

it('refuses a project that is not empty, in one sentence, and leaves it alone', async () => {
  await sql`create table notes (n int)`;
  const { code, output } = await check('schema.test');
  expect(code).toBe(1);
  expect(output).toContain('Ce projet n’est pas vide');
  expect(output).not.toContain('Migrations appliquées');
  expect(await sql`select * from notes`).toHaveLength(0);
});

it('says what it has to be given', async () => {
  const { code, output } = await check('--no-such-option');
  expect(code).toBe(1);
  expect(output).toContain('--database-url postgres://');
});
