// @module-tag local
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import postgres, { type Sql } from 'postgres';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { appliedVersions, migrate } from '../../scripts/stack/postgres/migrations';
import { type EmptyProject, emptyProject } from '../support/emptyProject';
import { cliVersion, fetchCli, runCli } from '../support/supabaseCli';

/*
 * The line of docs/hosted.md with the Supabase CLI itself, as the npm registry has it, on an empty database of the local stack.
 */

const root = path.join(import.meta.dirname, '../..');
const files = readdirSync(path.join(root, 'supabase/migrations')).sort();
const versions = files.map((file) => file.slice(0, 14));
/** What stands behind the name of the program in the page's first line for it. */
const page = readFileSync(path.join(root, 'docs/hosted.md'), 'utf8');
const [, documented = ''] = /^npx supabase@3 (db push --remote=)postgres:/m.exec(page) ?? [];

let cli: string;
let folder: string;
let project: EmptyProject;
let sql: Sql;
beforeAll(() => {
  cli = fetchCli();
}, 180_000);
beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'devlink-cli-'));
  cpSync(path.join(root, 'supabase'), path.join(folder, 'supabase'), { recursive: true });
  project = await emptyProject();
  sql = postgres(project.url(), { max: 1, onnotice: () => {} });
});
afterEach(async () => {
  await sql.end();
  await project.drop();
  rmSync(folder, { recursive: true });
});

const push = (...more: string[]) =>
  runCli(cli, folder, [...`${documented}${project.url()}`.split(' '), '--yes', ...more]);
const noted = () => sql`select version, name from supabase_migrations.schema_migrations order by version`;

it('the documented line brings an empty project to this version, as `postgres`, and each file is noted under its name', async () => {
  const { code, output } = await push();
  expect(code, output).toBe(0);
  expect(output).not.toMatch(/warn|deprecated|unknown/i);
  expect((await noted()).map(({ version, name }) => `${version}_${name}.sql`)).toEqual(files);
  const [schema] = await sql`select public.webhook_schema_version() as version`;
  expect(schema?.version).toBe(versions.at(-1));
  expect(await migrate(project.url())).toBe(0);

  const again = await push();
  expect(again.code, again.output).toBe(0);
  expect(await appliedVersions(project.url())).toEqual(versions);
});

it('the page says which version was tried', () => {
  expect(page).toContain(`with version ${cliVersion},`);
});

it('it goes on where `npm run migrate` stopped, and the other way round', async () => {
  const migrations = path.join(folder, 'supabase/migrations');
  const half = path.join(folder, 'half');
  cpSync(migrations, half, { recursive: true });
  for (const file of files.slice(15)) rmSync(path.join(half, file));
  expect(await migrate(project.url(), half)).toBe(15);

  const last = files.at(-1) ?? '';
  rmSync(path.join(migrations, last));
  const { code, output } = await push();
  expect(code, output).toBe(0);
  expect(await appliedVersions(project.url())).toEqual(versions.slice(0, -1));
  expect(await migrate(project.url())).toBe(1);
});

it('a file that fails leaves nothing of itself, and is named; what came before it stays', async () => {
  const migrations = path.join(folder, 'supabase/migrations');
  for (const file of files) rmSync(path.join(migrations, file));
  writeFileSync(path.join(migrations, '29990101000000_good.sql'), 'create table public.good (id int);');
  writeFileSync(
    path.join(migrations, '29990101000001_broken.sql'),
    'create table public.half (id int);\nselect no_such_column;',
  );
  const { code, output } = await push();
  expect(code, output).not.toBe(0);
  expect(output).toContain('no_such_column');
  const [found] = await sql`select to_regclass('public.good') as good, to_regclass('public.half') as half`;
  expect(found).toEqual({ good: 'good', half: null });
  expect(await appliedVersions(project.url())).toEqual(['29990101000000']);
});
