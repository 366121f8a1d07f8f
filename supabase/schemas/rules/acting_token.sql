-- Which machine is calling.

create function public.webhook_acting_token() returns uuid
language sql stable security invoker
set search_path = ''
as $$
  -- The service alone says for which token it acts; anybody may send the header.
  select case when auth.jwt() ->> 'role' = 'service_role'
    then nullif(current_setting('request.headers', true), '')::json ->> 'x-devlink-token' end::uuid
$$;
comment on function public.webhook_acting_token is
  'The token on whose behalf the service writes, as its request says (X-DevLink-Token); null: a person, or the service itself.';

revoke execute on function public.webhook_acting_token
from public, anon, authenticated, service_role;
grant execute on function public.webhook_acting_token
to service_role;
