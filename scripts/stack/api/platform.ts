import postgres from 'postgres';
import { LaunchError } from '../machine/launchError.ts';
import type { PostgresServer } from '../postgres/postgres.ts';
import { createSecrets } from './secrets.ts';
import { supabaseApp } from './supabaseApi.ts';

/**
 * What a hosted Supabase project has before its first migration: roles of the cluster, as its image makes them
 * (https://github.com/supabase/postgres, migrations/db). `authenticator` is whom its API signs in as; nobody does here, and
 * without a password nobody can.
 */
const roles = `
do $$ begin
  if to_regrole('anon') is null then create role anon nologin; end if;
  if to_regrole('authenticated') is null then create role authenticated nologin; end if;
  if to_regrole('service_role') is null then create role service_role nologin bypassrls; end if;
  if to_regrole('authenticator') is null then create role authenticator login noinherit; end if;
  if to_regrole('postgres') is null then create role postgres login createdb createrole replication bypassrls; end if;
  grant anon, authenticated, service_role to authenticator;
  if current_setting('server_version_num')::int >= 160000 then
    grant anon, authenticated, service_role, authenticator, pg_monitor, pg_read_all_data, pg_signal_backend to postgres with admin option;
    grant pg_create_subscription to postgres;
  else
    grant anon, authenticated, service_role, pg_monitor, pg_read_all_data, pg_signal_backend to postgres;
  end if;
end $$;
alter role postgres set search_path = "$user", public, extensions;
-- Supabase's own limits; the API hands them on, as PostgREST does. The service has that of the API's connections.
alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';
alter role authenticator set statement_timeout = '8s';
alter role authenticator set lock_timeout = '8s';
`;

/** And schemas and privileges of the database. */
const privileges = `
create schema if not exists extensions;
create extension if not exists pgcrypto with schema extensions;
create extension if not exists "uuid-ossp" with schema extensions;
grant usage on schema public, extensions, auth to anon, authenticated, service_role, postgres;
grant select, insert, update, delete, references, trigger on all tables in schema auth to postgres;
`;

/**
 * What the API's roles may do with new tables and functions: nothing, as on hosted projects since May 2026, so that a migration
 * grants what it means to by name. Also takes back what a data folder of version 0.3.0 and before has.
 */
const defaultGrants = `
alter default privileges for role postgres revoke execute on functions from public;
alter default privileges for role postgres in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges for role postgres in schema public revoke all on sequences from anon, authenticated, service_role;
alter default privileges for role postgres in schema public revoke all on functions from anon, authenticated, service_role;
`;

/** The same on projects of before May 2026: everything, so that a migration takes back what it does not mean. */
export const formerDefaultGrants = `
alter default privileges for role postgres grant execute on functions to public;
alter default privileges for role postgres in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges for role postgres in schema public grant all on sequences to anon, authenticated, service_role;
alter default privileges for role postgres in schema public grant all on functions to anon, authenticated, service_role;
`;

/** Gives a database the look of a fresh hosted project; safe to repeat. `grants`: what new objects give to the API's roles. */
export async function preparePlatform(
  server: Pick<PostgresServer, 'url'>,
  database: string,
  password: string,
  grants = defaultGrants,
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
    await sql.unsafe(privileges + grants);
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
