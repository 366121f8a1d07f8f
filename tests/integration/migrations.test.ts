import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { splitSqlStatements } from '@supabase/lite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../scripts/stack/postgres/migrations';
import { startTestStack, type TestStack } from '../support/database';

const newest = path.join(import.meta.dirname, '../../supabase/migrations');
let stack: TestStack;
let dir: string;
beforeAll(async () => {
  stack = await startTestStack();
  dir = path.join(mkdtempSync(path.join(os.tmpdir(), 'devlink-migrations-')), 'migrations');
  mkdirSync(dir);
});
afterAll(async () => {
  rmSync(path.dirname(dir), { recursive: true });
  await stack.stop();
});

const write = (name: string, text: string) => writeFileSync(path.join(dir, name), text);

describe('applying migrations', () => {
  it('applies each file once and notes it where the Supabase CLI looks', async () => {
    write(
      '29990101000000_first.sql',
      'create table public.first (id int);\ninsert into public.first values (1);',
    );
    expect(await migrate(stack.databaseUrl, dir)).toBe(1);
    expect(await migrate(stack.databaseUrl, dir)).toBe(0);
    const rows = await stack.sql`
      select name, statements from supabase_migrations.schema_migrations where version = '29990101000000'`;
    expect(rows[0]?.name).toBe('first');
    expect(rows[0]?.statements).toHaveLength(2);
    expect(await stack.sql`select * from public.first`).toHaveLength(1);
  });

  it('leaves nothing of a migration that fails, and names its file and line', async () => {
    write('29990101000001_broken.sql', 'create table public.half (id int);\nselect no_such_column;');
    await expect(migrate(stack.databaseUrl, dir)).rejects.toThrow(/29990101000001_broken\.sql.*ligne 2/);
    const [found] = await stack.sql`select to_regclass('public.half') as name`;
    expect(found?.name).toBeNull();
    rmSync(path.join(dir, '29990101000001_broken.sql'));
  });

  it('applies each once when several begin at the same moment', async () => {
    write('29990101000002_second.sql', 'create table public.second (id int); select pg_sleep(0.3);');
    const counts = await Promise.all(Array.from({ length: 4 }, () => migrate(stack.databaseUrl, dir)));
    expect(counts.sort()).toEqual([0, 0, 0, 1]);
  });

  it('tells an API of one’s own that the schema has changed', async () => {
    const told: string[] = [];
    const { unlisten } = await stack.sql.listen('pgrst', (message) => told.push(message));
    write('29990101000003_third.sql', 'create table public.third (id int);');
    expect(await migrate(stack.databaseUrl, dir)).toBe(1);
    await expect.poll(() => told).toEqual(['reload schema']);
    expect(await migrate(stack.databaseUrl, dir)).toBe(0);
    await unlisten();
    expect(told).toHaveLength(1);
  });

  it('no file of ours ends the transaction that it is applied in', () => {
    const files = readdirSync(newest).map((file) => readFileSync(path.join(newest, file), 'utf8'));
    const control = /^(begin|start|commit|rollback|abort|savepoint|release|prepare)\b/i;
    const first = (statement: string) => statement.replace(/^(\s|--.*\n)+/, '');
    expect(files.length).toBeGreaterThan(20);
    expect(files.flatMap(splitSqlStatements).filter((statement) => control.test(first(statement)))).toEqual(
      [],
    );
  });

  it('goes on where another tool has cut the files into other statements', async () => {
    await stack.sql`
      update supabase_migrations.schema_migrations set statements = string_to_array(array_to_string(statements, E';\n\n'), ';')`;
    expect(await migrate(stack.databaseUrl, dir)).toBe(0);
    for (const file of readdirSync(newest)) {
      const statements = [readFileSync(path.join(newest, file), 'utf8')];
      await stack.sql`update supabase_migrations.schema_migrations set ${stack.sql({ statements })} where version = ${file.slice(0, 14)}`;
    }
    expect(await migrate(stack.databaseUrl)).toBe(0);
  });

  it('refuses a file that changed after it was applied', async () => {
    write('29990101000000_first.sql', 'create table public.first (id bigint);');
    await expect(migrate(stack.databaseUrl, dir)).rejects.toThrow(/29990101000000_first\.sql a changé/);
  });
});
