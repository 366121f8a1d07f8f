-- Called by its trigger, and by nobody else.
revoke execute on function public.after_webhook_delete from service_role;

create or replace function public.webhook_schema_version() returns text
language sql immutable parallel safe
return '20261126020900';
