-- A drain to which nothing came for a minute looks at the queue more rarely: whoever listens on the channel webhook_queue is
-- told of the first delivery that comes then, and can wake it.

create function public.webhook_drains_are_quiet() returns boolean
language sql stable security definer
set search_path = ''
as $$
  select not exists (select from public.webhook_workers w where w.last_settled_at > now() - interval '50 seconds')
$$;
comment on function public.webhook_drains_are_quiet is
  'No drain has ended a delivery within 50 seconds: each may wait for up to 5 seconds before it looks at the queue again.';

create function public.tell_quiet_drains() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  -- Not of each: committing is done one at a time by those who notify.
  if public.webhook_drains_are_quiet() then
    perform pg_notify('webhook_queue', '');
  end if;
  return null;
end
$$;
comment on function public.tell_quiet_drains is 'Notifies the channel webhook_queue of deliveries that come while all drains are quiet.';

revoke execute on function public.webhook_drains_are_quiet, public.tell_quiet_drains
from public, anon, authenticated, service_role;
grant execute on function public.webhook_drains_are_quiet
to service_role;

create trigger tell_quiet_drains after insert on public.webhook_queue
  for each statement execute function public.tell_quiet_drains();
