create or replace function public.webhook_schema_version() returns text
language sql immutable parallel safe
return '20261130200900';
