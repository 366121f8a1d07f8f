-- The version of the schema is that of the newest migration: each later one replaces this.

create or replace function public.webhook_schema_version() returns text
language sql immutable parallel safe
return '20261126002000';
