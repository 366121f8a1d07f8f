// @module-tag local
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import postgres, { type Sql } from 'postgres';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type SupabaseApi, serveSupabaseApi } from '../../scripts/stack/api/supabaseApi';
import { lookAtProject } from '../../scripts/stack/hosted/lookAtProject';
import type { TriedProject } from '../../scripts/stack/hosted/projectTrial';
import { superuser } from '../../scripts/stack/postgres/postgresInit';
import { playAuthAdmin } from '../support/authAdmin';
import { requireCluster } from '../support/database';
import { type EmptyProject, emptyProject } from '../support/emptyProject';

/*
 * `npm run check:hosted` on an empty database of the local stack, with some files of tests; the whole of it is for a real project.
 */

const root = path.join(import.meta.dirname, '../..');
let project: EmptyProject;
let sql: Sql;
let api: SupabaseApi;
let auth: Awaited<ReturnType<typeof playAuthAdmin>>;

beforeAll(async () => {
  const { secrets } = requireCluster();
  project = await emptyProject();
  api = await serveSupabaseApi(project.url(superuser), secrets);
  auth = await playAuthAdmin(api.url, project.url(superuser), secrets);
  sql = postgres(project.url(), { max: 1, onnotice: () => {} });
  await sql.listen('pgrst', () => api.reloadSchema());
});
afterAll(async () => {
  await sql.end();
  await auth.stop();
  await api.stop();
  await project.drop();
});

interface Check {
  child: ChildProcess;
  /** Grows while it runs. */
  output(): string;
  ended: Promise<{ code: number | null; output: string }>;
}

/** Begins it with the three options that it needs, or others in their place. */
function begin(more: string[] = [], options: Record<string, string> = {}): Check {
  const given = {
    '--url': auth.url,
    '--service-key': api.secretKey,
    '--database-url': project.url(),
    ...options,
  };
  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined };
  const args = ['scripts/checkHosted.ts', ...Object.entries(given).flat(), ...more];
  const child = spawn(process.execPath, args, { cwd: root, env });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const ended = new Promise<Awaited<Check['ended']>>((resolve) =>
    child.once('close', (code) => resolve({ code, output })),
  );
  return { child, output: () => output, ended };
}
const check = (...given: Parameters<typeof begin>) => begin(...given).ended;

/** What a project has that an empty one has not. */
const made = async () => [
  ...(await sql`
    select relname as name from pg_class where relnamespace = 'public'::regnamespace
    union all select proname from pg_proc where pronamespace = 'public'::regnamespace
    union all select typname from pg_type where typnamespace = 'public'::regnamespace
    union all select nspname from pg_namespace where nspname ~ '^webhook|_migrations$|^devlink'`),
  ...(await auth.users()),
];

afterEach(async () => {
  expect(await made()).toEqual([]);
});

it('tries an empty project with its address, secret key and database, and leaves it empty', {
  timeout: 300_000,
}, async () => {
  const files = ['schema.test', 'policies.test', 'statistics.test'];
  const { code, output } = await check(files);
  expect(code, output).toBe(0);
  expect(output).toMatch(/Test Files +3 passed/);
  expect(output).toContain('Il ne manque rien à ce projet.');
  expect(output).toContain('Ce qui est conseillé :');
  expect(output).toContain('pg_cron');
  expect(output).toMatch(/n’a pas été essayé :[\s\S]*donnez --publishable-key/);
});

it('tries what somebody sees who is not signed in, where it is given the publishable key', {
  timeout: 300_000,
}, async () => {
  const { code, output } = await check(['search.test'], { '--publishable-key': api.publishableKey });
  expect(code, output).toBe(0);
  expect(output).not.toContain('--publishable-key');
  expect(output).not.toMatch(/skipped/);
});

it('takes away what it made when its terminal is closed in the middle of a test', {
  timeout: 300_000,
}, async () => {
  const { child, output, ended } = begin(['claim.test']);
  const roles = () =>
    sql`select from webhook_roles`.then(
      (rows) => rows.length,
      () => 0,
    );
  await expect.poll(output, { timeout: 120_000 }).toContain('RUN');
  await expect.poll(roles, { timeout: 120_000 }).toBe(2);
  for (const stream of [child.stdout, child.stderr]) stream?.destroy();
  child.kill('SIGHUP');
  expect(await ended).toMatchObject({ code: 1 });
});

it('takes away at the next call what a trial left that was killed', { timeout: 120_000 }, async () => {
  await sql`create schema devlink_trial`;
  await sql`create table left_over (n int)`;
  const left = await check();
  expect(left).toMatchObject({ code: 1, output: expect.stringContaining('ajoutez --clear') });
  const cleared = await check(['--clear'], { '--publishable-key': 'sb_publishable_wrong' });
  expect(cleared.output).toContain('Traces de l’essai interrompu effacées');
});

const given = (change: Partial<TriedProject>): TriedProject => ({
  url: auth.url,
  publishableKey: null,
  secretKey: api.secretKey,
  databaseUrl: project.url(),
  ...change,
});

it('names what is in a project that is not empty', async () => {
  await sql`create table notes (n int)`;
  const needs = await lookAtProject(given({}));
  await sql`drop table notes`;
  expect(needs).toContainEqual({
    weight: 'missing',
    sentence: expect.stringContaining('Ce projet n’est pas vide (notes'),
  });
});

it.each<[what: string, change: () => Partial<TriedProject>, sentence: string]>([
  ['a wrong secret key', () => ({ secretKey: 'sb_secret_wrong' }), 'La clé secrète n’est pas acceptée'],
  [
    'the publishable key in its place',
    () => ({ secretKey: api.publishableKey }),
    '--service-key est une clé publique',
  ],
  [
    'the secret key as the publishable one',
    () => ({ publishableKey: api.secretKey }),
    '--publishable-key est une clé secrète',
  ],
  [
    'a wrong publishable key',
    () => ({ publishableKey: 'sb_publishable_wrong' }),
    'La clé publique n’est pas acceptée',
  ],
  ['an address where nobody is', () => ({ url: 'http://127.0.0.1:1' }), 'ne répond pas'],
  [
    'a database of another project',
    () => ({
      url: 'https://aaaaaaaaaaaaaaaaaaaa.supabase.co',
      databaseUrl: 'postgres://postgres:x@db.bbbbbbbbbbbbbbbbbbbb.supabase.co/postgres',
    }),
    'sont de deux projets différents',
  ],
  [
    'the pooler that gives each transaction another session',
    () => ({ databaseUrl: 'postgres://postgres:x@127.0.0.1:6543/postgres' }),
    'pooler par session',
  ],
])('says what is missing, before anything is applied: %s', async (_, change, sentence) => {
  expect(await lookAtProject(given(change()))).toContainEqual({
    weight: 'missing',
    sentence: expect.stringContaining(sentence),
  });
});

it('says why the database cannot be opened', async () => {
  const databaseUrl = project.url().replace(/:[^:@]+@/, ':wrong@');
  await expect(lookAtProject(given({ databaseUrl }))).rejects.toThrow('La base ne s’ouvre pas');
});

it('says what it has to be given', async () => {
  const { code, output } = await check(['--no-such-option']);
  expect(code).toBe(1);
  expect(output).toContain('--database-url postgres://');
});
