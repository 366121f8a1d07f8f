-- The version of the schema: that of the newest migration, each of which replaces this.

create function public.webhook_schema_version() returns text
language sql immutable parallel safe
return '20261130500100';
comment on function public.webhook_schema_version is 'Of the newest migration that the database has. Each migration replaces it.';

revoke execute on function public.webhook_schema_version
from public, anon, authenticated, service_role;
grant execute on function public.webhook_schema_version
to service_role;
