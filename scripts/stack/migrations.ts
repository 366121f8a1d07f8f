import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { splitSqlStatements } from '@supabase/lite';
import postgres, { type Sql, type TransactionSql } from 'postgres';
import { projectRoot } from './dataDir.ts';
import { LaunchError } from './launchError.ts';

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

function refuseChanged(migration: Migration, applied: AppliedMigration): void {
  if (!applied.statements) return;
  const recorded = applied.statements.join('\n');
  if (recorded === splitSqlStatements(migration.text).join('\n')) return;
  throw new LaunchError(
    `La migration ${migration.file} a changé depuis qu’elle a été appliquée : rétablissez-la et écrivez une nouvelle migration, ou repartez d’un dossier de données vide.`,
  );
}

async function apply(sql: Sql, migration: Migration): Promise<void> {
  try {
    await sql.begin(async (transaction: TransactionSql) => {
      await transaction.unsafe(migration.text);
      await transaction`
        insert into supabase_migrations.schema_migrations (version, name, statements)
        values (${migration.version}, ${migration.name}, ${splitSqlStatements(migration.text)})`;
    });
  } catch (cause) {
    const { message, position } = cause as { message: string; position?: string };
    const line = position ? `, ligne ${migration.text.slice(0, Number(position)).split('\n').length}` : '';
    throw new LaunchError(`La migration ${migration.file} a échoué${line} : ${message}`, { cause });
  }
}

/** Whether the database has a schema of ours that these files would change. */
export async function needsUpdate(databaseUrl: string, dir = migrationsDir): Promise<boolean> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  try {
    const applied = new Set((await readHistory(sql)).map(({ version }) => version));
    return applied.size > 0 && readMigrations(dir).some(({ version }) => !applied.has(version));
  } finally {
    await sql.end();
  }
}

/**
 * Applies the migrations that the database has not seen, each in a transaction of its own.
 * `databaseUrl` signs in as `postgres`, as `supabase db push` does. Returns how many were applied.
 */
export async function migrate(databaseUrl: string, dir = migrationsDir): Promise<number> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  try {
    const history = new Map((await readHistory(sql)).map((row) => [row.version, row]));
    let count = 0;
    for (const migration of readMigrations(dir)) {
      const applied = history.get(migration.version);
      if (applied) refuseChanged(migration, applied);
      else {
        await apply(sql, migration);
        count += 1;
      }
    }
    return count;
  } finally {
    await sql.end();
  }
}
