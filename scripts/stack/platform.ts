import postgres from 'postgres';
import { LaunchError } from './launchError.ts';
import type { PostgresServer } from './postgres.ts';
import { createSecrets } from './secrets.ts';
import { supabaseApp } from './supabaseApi.ts';

/** What a hosted Supabase project has before its first migration: roles of the cluster. */
const roles = `
do $$ begin
  if to_regrole('anon') is null then create role anon nologin; end if;
  if to_regrole('authenticated') is null then create role authenticated nologin; end if;
  if to_regrole('service_role') is null then create role service_role nologin bypassrls; end if;
  if to_regrole('postgres') is null then create role postgres login createdb createrole replication bypassrls; end if;
end $$;
grant anon, authenticated, service_role to postgres with admin option;
alter role postgres set search_path = "$user", public, extensions;
`;

/** And schemas and privileges of the database. Hosted projects grant this much by default, so migrations must revoke. */
const privileges = `
create schema if not exists extensions;
create extension if not exists pgcrypto with schema extensions;
create extension if not exists "uuid-ossp" with schema extensions;
grant usage on schema public, extensions, auth to anon, authenticated, service_role, postgres;
grant select, insert, update, delete, references, trigger on all tables in schema auth to postgres;
alter default privileges for role postgres in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges for role postgres in schema public grant all on sequences to anon, authenticated, service_role;
alter default privileges for role postgres in schema public grant all on functions to anon, authenticated, service_role;
`;

/** Gives a database the look of a fresh hosted project; safe to repeat. */
export async function preparePlatform(
  server: PostgresServer,
  database: string,
  password: string,
): Promise<void> {
  const sql = postgres(server.url(database), { max: 1, onnotice: () => {} });
  try {
    await sql.unsafe(roles);
    await sql.unsafe(`alter role postgres password '${password.replaceAll("'", "''")}'`);
    await sql.unsafe(`alter database "${database}" owner to postgres`);
    await createAuthSchema(server.url(database));
    const [found] = await sql`select to_regclass('auth.users') is not null as ready`;
    if (!found?.ready)
      throw new LaunchError(
        'Le schéma d’authentification n’a pas pu être créé : voyez le journal de Postgres.',
      );
    await sql.unsafe(privileges);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

async function createAuthSchema(url: string): Promise<void> {
  const app = supabaseApp(url, await createSecrets(), false);
  try {
    await app.ensureSystemSchema();
  } finally {
    await app.connection.close();
  }
}
