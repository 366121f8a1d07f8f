import type { Sql } from 'postgres';
import type { DatabaseFacts } from './projectNeeds.ts';
import { ownObjects, ownSchemas, trialMark } from './projectTrial.ts';

/** Milliseconds of a setting as it was written for a role: `8s`, `2min`, `8000`. */
const milliseconds = (value: string) => `
  case when ${value} ~ '^\\d+$' then ${value}::float else extract(epoch from ${value}::interval) * 1000 end::int`;

const facts = `
  select
    current_setting('server_version_num')::int as version,
    current_setting('server_encoding') as encoding,
    pg_is_in_recovery() or current_setting('transaction_read_only')::bool as "readOnly",
    current_user::text as role,
    (select rolsuper from pg_roles where rolname = current_user) as superuser,
    has_database_privilege(current_database(), 'create') as "createsSchemas",
    has_schema_privilege('public', 'create') as "createsInPublic",
    array(select rolname::text from pg_roles where rolname in ('anon', 'authenticated', 'service_role', 'authenticator')) as roles,
    array(select g.rolname::text from pg_auth_members m join pg_roles g on g.oid = m.roleid join pg_roles a on a.oid = m.member
      where a.rolname = 'authenticator') as authenticates,
    coalesce((select rolbypassrls from pg_roles where rolname = 'service_role'), false) as "serviceBypassesPolicies",
    array(
      select c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'auth' and c.relname in ('users', 'sessions')
        and has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select')
        and (c.relname <> 'users' or has_table_privilege(c.oid, 'references'))
      union all
      select p.proname::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname = 'auth' and p.proname in ('uid', 'jwt') and p.pronargs = 0
        and has_schema_privilege(n.oid, 'usage') and has_function_privilege(p.oid, 'execute')) as auth,
    -- What is said for this database comes before what is said for all.
    (select coalesce(json_object_agg(rolname, ms), '{}') from (
      select distinct on (r.rolname) r.rolname, ${milliseconds("split_part(setting, '=', 2)")} as ms
      from pg_db_role_setting s join pg_roles r on r.oid = s.setrole, unnest(s.setconfig) as setting
      where setting like 'statement_timeout=%' and s.setdatabase in (0, (select oid from pg_database where datname = current_database()))
      order by r.rolname, s.setdatabase desc) as x) as "statementTimeouts",
    (select setting::int from pg_settings where name = 'idle_in_transaction_session_timeout') as "idleInTransactionTimeout",
    current_setting('max_connections')::int as "maxConnections",
    (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as connections,
    array(select extname::text from pg_extension) as extensions`;

/** Asks a database what `databaseNeeds` judges; changes nothing. */
export async function readDatabaseFacts(sql: Sql): Promise<DatabaseFacts> {
  const [row] = await sql.unsafe<Omit<DatabaseFacts, 'strangers' | 'leftOver'>[]>(facts);
  if (!row) throw new Error('the database answered nothing about itself');
  const objects = await sql.unsafe<{ name: string }[]>(ownObjects);
  const schemas = await sql<{ name: string }[]>`
    select nspname::text as name from pg_namespace where nspname = any(${[...ownSchemas, trialMark]})`;
  const names = schemas.map(({ name }) => name);
  return {
    ...row,
    strangers: [...objects.map(({ name }) => name), ...names.filter((name) => name !== trialMark)],
    leftOver: names.includes(trialMark),
  };
}
