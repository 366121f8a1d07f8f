import { createClient } from '@supabase/supabase-js';
import postgres, { type Sql } from 'postgres';
import type { Account } from './accounts.ts';
import { LaunchError } from './launchError.ts';
import { migrate } from './migrations.ts';

/** A Supabase project that is tried, and given back as it was. */
export interface TriedProject {
  url: string;
  publishableKey: string;
  secretKey: string;
  /** For the role `postgres`, which need not be a superuser. */
  databaseUrl: string;
}

/** Everything in `public` that no extension brought, with how it is dropped; the views first. */
const ownObjects = `
  select format('drop %s if exists %s cascade',
    case relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence' else 'table' end, oid::regclass) as drop
  from pg_class
  where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'S')
    and not exists (select from pg_depend where objid = pg_class.oid and deptype = 'e')
  union all
  select format('drop routine if exists %s cascade', oid::regprocedure) from pg_proc
  where pronamespace = 'public'::regnamespace
    and not exists (select from pg_depend where objid = pg_proc.oid and deptype = 'e')
  union all
  select format('drop type if exists %s cascade', oid::regtype) from pg_type
  where typnamespace = 'public'::regnamespace and typtype in ('e', 'd')
    and not exists (select from pg_depend where objid = pg_type.oid and deptype = 'e')`;

/** Schemas that the migrations make beside `public`, and the one in which they are noted. */
const ownSchemas = ['webhook_partitions', 'supabase_migrations'];

async function withDatabase<T>(databaseUrl: string, work: (sql: Sql) => Promise<T>): Promise<T> {
  // Names are looked up as they are written: drops must not depend on the role's search path.
  const connection = { search_path: 'pg_catalog' };
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {}, connection });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}

/** @throws LaunchError when there is anything in the database that a new project does not have: it would not survive the trial */
export async function requireEmpty({ databaseUrl }: TriedProject): Promise<void> {
  const found = await withDatabase(databaseUrl, async (sql) => [
    ...(await sql.unsafe(ownObjects)),
    ...(await sql`select from pg_namespace where nspname = any(${ownSchemas})`),
  ]);
  if (found.length > 0)
    throw new LaunchError(
      'Ce projet n’est pas vide : l’essai efface tout ce qui est dans le schéma public, donnez-lui un projet neuf.',
    );
}

/** Takes away what migrations and tests have made of an empty database; accounts stay. */
export async function clearProject({ databaseUrl }: Pick<TriedProject, 'databaseUrl'>): Promise<void> {
  await withDatabase(databaseUrl, (sql) =>
    sql.begin(async (transaction) => {
      for (const schema of ownSchemas)
        await transaction`drop schema if exists ${transaction(schema)} cascade`;
      for (const { drop } of await transaction.unsafe<{ drop: string }[]>(ownObjects))
        await transaction.unsafe(drop);
    }),
  );
}

/** Milliseconds until the API has to know a schema that was just made. */
const schemaPatience = 30_000;

/** Applies all migrations to an empty database, and waits until the API knows what they made. */
export async function fillProject(project: TriedProject): Promise<void> {
  await migrate(project.databaseUrl);
  const service = serviceClient(project);
  for (const deadline = Date.now() + schemaPatience; ; await new Promise((wake) => setTimeout(wake, 100))) {
    const { error } = await service.rpc('webhook_schema_version');
    if (!error) return;
    if (Date.now() > deadline)
      throw new LaunchError(`L’API du projet ne connaît pas le schéma appliqué : ${error.message}`);
  }
}

/**
 * Makes those accounts that cannot sign in yet, through the auth server's own interface for administrators. The API of the
 * local stack has no such interface: there all of them are made before.
 * @returns the ids of those that were made
 */
export async function makeAccounts(project: TriedProject, accounts: readonly Account[]): Promise<string[]> {
  const made: string[] = [];
  for (const account of accounts) {
    const person = client(project.url, project.publishableKey);
    if (!(await person.auth.signInWithPassword(account)).error) continue;
    const { admin } = serviceClient(project).auth;
    const { data, error } = await admin.createUser({ ...account, email_confirm: true });
    if (error) {
      await removeAccounts(project, made);
      throw new LaunchError(`Le compte ${account.email} n’a pas pu être créé : ${error.message}`, {
        cause: error,
      });
    }
    made.push(data.user.id);
  }
  return made;
}

export async function removeAccounts(project: TriedProject, ids: string[]): Promise<void> {
  const { admin } = serviceClient(project).auth;
  for (const id of ids) {
    const { error } = await admin.deleteUser(id);
    if (error) throw new LaunchError(`Le compte ${id} n’a pas pu être retiré : ${error.message}`);
  }
}

const client = (url: string, key: string) =>
  createClient(url, key, { auth: { persistSession: false, autoRefreshToken: false } });
const serviceClient = ({ url, secretKey }: TriedProject) => client(url, secretKey);
