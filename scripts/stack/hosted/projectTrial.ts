import { createClient } from '@supabase/supabase-js';
import postgres, { type Sql } from 'postgres';
import type { Account } from '../api/accounts.ts';
import { LaunchError } from '../machine/launchError.ts';
import { migrate } from '../postgres/migrations.ts';

/** A Supabase project that is tried, and given back as it was. */
export interface TriedProject {
  url: string;
  /** Null where none was given: then nobody calls without signing in. */
  publishableKey: string | null;
  secretKey: string;
  /** For the role `postgres`, which need not be a superuser. */
  databaseUrl: string;
}

/** Everything in `public` that no extension brought, with its name and how it is dropped; the views first. */
export const ownObjects = `
  select relname::text as name, format('drop %s if exists %s cascade',
    case relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence' when 'c' then 'type' else 'table' end, oid::regclass) as drop
  from pg_class
  where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'S', 'c')
    and not exists (select from pg_depend where objid = pg_class.oid and deptype = 'e')
  union all
  select proname, format('drop routine if exists %s cascade', oid::regprocedure) from pg_proc
  where pronamespace = 'public'::regnamespace
    and not exists (select from pg_depend where objid = pg_proc.oid and deptype = 'e')
  union all
  select typname, format('drop type if exists %s cascade', oid::regtype) from pg_type
  where typnamespace = 'public'::regnamespace and typtype in ('e', 'd')
    and not exists (select from pg_depend where objid = pg_type.oid and deptype = 'e')`;

/** Schemas that the migrations make beside `public`, and the one in which they are noted. */
export const ownSchemas = ['webhook_partitions', 'supabase_migrations'];

/** An empty schema that is there from before the first migration until all is taken away: what is beside it is a trial's. */
export const trialMark = 'devlink_trial';

export async function withDatabase<T>(databaseUrl: string, work: (sql: Sql) => Promise<T>): Promise<T> {
  // Names are looked up as they are written: drops must not depend on the role's search path.
  const connection = { search_path: 'pg_catalog' };
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {}, connection });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}

export async function markTrial({ databaseUrl }: TriedProject): Promise<void> {
  await withDatabase(databaseUrl, (sql) => sql`create schema ${sql(trialMark)}`);
}

/** Takes away all that a trial made, the accounts of these addresses included, and its mark last. */
export async function endTrial(project: TriedProject, addresses: string[]): Promise<void> {
  await clearProject(project);
  await removeAccounts(project, addresses);
  await withDatabase(project.databaseUrl, (sql) => sql`drop schema if exists ${sql(trialMark)} cascade`);
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
      throw new LaunchError(
        `L’API du projet ne connaît pas le schéma appliqué (${error.message}) : vérifiez que --url et --database-url sont du même projet, et que l’API écoute le canal pgrst.`,
        { cause: error },
      );
  }
}

/**
 * Makes those accounts that cannot sign in yet, through the auth server's own interface for administrators. The API of the
 * local stack has no such interface: there all of them are made before.
 * @param made gets the address of each account that was made, also when a later one fails
 */
export async function makeAccounts(
  project: TriedProject,
  accounts: readonly Account[],
  made: string[],
): Promise<void> {
  for (const account of accounts) {
    const person = client(project.url, project.publishableKey ?? project.secretKey);
    if (!(await person.auth.signInWithPassword(account)).error) continue;
    const { admin } = serviceClient(project).auth;
    const { error } = await admin.createUser({ ...account, email_confirm: true });
    if (error)
      throw new LaunchError(`Le compte ${account.email} n’a pas pu être créé : ${error.message}`, {
        cause: error,
      });
    made.push(account.email);
  }
}

async function removeAccounts(project: TriedProject, addresses: string[]): Promise<void> {
  if (addresses.length === 0) return;
  const { admin } = serviceClient(project).auth;
  const { data, error } = await admin.listUsers({ perPage: 1000 });
  if (error)
    throw new LaunchError(`Les comptes ${addresses.join(', ')} n’ont pas pu être retirés : ${error.message}`);
  for (const { id, email } of data.users.filter(({ email }) => addresses.includes(email ?? ''))) {
    const removed = await admin.deleteUser(id);
    if (removed.error)
      throw new LaunchError(`Le compte ${email} n’a pas pu être retiré : ${removed.error.message}`);
  }
}

const client = (url: string, key: string) =>
  createClient(url, key, { auth: { persistSession: false, autoRefreshToken: false } });
const serviceClient = ({ url, secretKey }: TriedProject) => client(url, secretKey);
