import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { splitSqlStatements } from '@supabase/lite';
import postgres, { type Sql, type TransactionSql } from 'postgres';
import { projectRoot } from '../machine/dataDir.ts';
import { LaunchError } from '../machine/launchError.ts';

/** Where the Supabase CLI looks for them. */
const migrationsDir = path.join(projectRoot, 'supabase/migrations');

interface Migration {
  version: string;
  name: string;
  file: string;
  text: string;
}

interface AppliedMigration {
  version: string;
  statements: string[] | null;
}

/** The migration files of a folder in the order of their versions. */
function readMigrations(dir: string): Migration[] {
  const files = readdirSync(dir).filter((file) => file.endsWith('.sql'));
  return files.sort().map((file) => {
    const parts = /^(\d+)_(.+)\.sql$/.exec(file);
    if (!parts?.[1] || !parts[2]) {
      throw new LaunchError(
        `Le nom de la migration ${file} n’est pas de la forme 20240115103000_nom.sql : renommez-la.`,
      );
    }
    return { version: parts[1], name: parts[2], file, text: readFileSync(path.join(dir, file), 'utf8') };
  });
}

/** The version of the schema that these files make: that of the newest. */
export const newestVersion = (dir = migrationsDir): string => readMigrations(dir).at(-1)?.version ?? '';

/** One connection that keeps nothing between transactions: poolers may give each of them another session. */
const connect = (databaseUrl: string) =>
  postgres(databaseUrl, { max: 1, prepare: false, onnotice: () => {} });

/** The table in which the Supabase CLI notes what was applied, under its own names. */
async function readHistory(sql: Sql): Promise<AppliedMigration[]> {
  await sql.unsafe(`
    create schema if not exists supabase_migrations;
    create table if not exists supabase_migrations.schema_migrations (
      version text not null primary key, statements text[], name text
    );
  `);
  return sql<AppliedMigration[]>`select version, statements from supabase_migrations.schema_migrations`;
}

/** What is left of statements wherever a file was cut into them: the Supabase CLI cuts at other places than we do. */
const bare = (statements: string[]) => statements.join('').replace(/[\s;]/g, '');

function refuseChanged({ file, text }: Migration, { statements }: AppliedMigration): void {
  if (!statements) return;
  if ([[text], splitSqlStatements(text)].map(bare).includes(bare(statements))) return;
  throw new LaunchError(
    `La migration ${file} a changé depuis qu’elle a été appliquée : rétablissez-la et écrivez une nouvelle migration, ou repartez d’un dossier de données vide.`,
  );
}

/**
 * Applies one migration and notes it, in one transaction: cut off wherever it may be, it is there whole and noted, or not at
 * all. Of several who would apply it at once, one does. Returns whether this one did.
 */
async function apply(sql: Sql, migration: Migration): Promise<boolean> {
  const { version, name, text } = migration;
  try {
    return await sql.begin(async (transaction: TransactionSql) => {
      // Of the transaction, not the session: poolers give each transaction another session.
      await transaction`select pg_advisory_xact_lock(hashtext('supabase_migrations.schema_migrations'))`;
      const [noted] = await transaction`
        select from supabase_migrations.schema_migrations where version = ${version}`;
      if (noted) return false;
      await transaction`set local statement_timeout = 0`;
      await transaction.unsafe(text);
      await transaction`
        insert into supabase_migrations.schema_migrations (version, name, statements)
        values (${version}, ${name}, ${splitSqlStatements(text)})`;
      return true;
    });
  } catch (cause) {
    const { message, position } = cause as { message: string; position?: string };
    const line = position ? `, ligne ${text.slice(0, Number(position)).split('\n').length}` : '';
    throw new LaunchError(`La migration ${migration.file} a échoué${line} : ${message}`, { cause });
  }
}

/** The versions of the migrations that a database has seen, in their order. */
export async function appliedVersions(databaseUrl: string): Promise<string[]> {
  const sql = connect(databaseUrl);
  try {
    return (await readHistory(sql)).map(({ version }) => version).sort();
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** Whether the database has a schema of ours that these files would change. */
export async function needsUpdate(databaseUrl: string, dir = migrationsDir): Promise<boolean> {
  const applied = new Set(await appliedVersions(databaseUrl));
  return applied.size > 0 && readMigrations(dir).some(({ version }) => !applied.has(version));
}

/**
 * Applies the migrations that the database has not seen, each in a transaction of its own.
 * `databaseUrl` signs in as `postgres`, as `supabase db push` does. Returns how many were applied.
 */
export async function migrate(databaseUrl: string, dir = migrationsDir): Promise<number> {
  const sql = connect(databaseUrl);
  try {
    const history = new Map((await readHistory(sql)).map((row) => [row.version, row]));
    let count = 0;
    for (const migration of readMigrations(dir)) {
      const applied = history.get(migration.version);
      if (applied) refuseChanged(migration, applied);
      else if (await apply(sql, migration)) count += 1;
    }
    // Supabase's own triggers tell its API of a change; a PostgREST of one's own hears it from here.
    if (count > 0) await sql`notify pgrst, 'reload schema'`;
    return count;
  } finally {
    await sql.end({ timeout: 5 });
  }
}
