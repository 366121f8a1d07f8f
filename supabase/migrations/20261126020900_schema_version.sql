-- Called by their triggers, and by nobody else.
revoke execute on function public.after_webhook_delete, public.tell_quiet_drains from service_role;

create or replace function public.webhook_schema_version() returns text
language sql immutable parallel safe
return '20261126020900';
