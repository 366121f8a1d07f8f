-- A drain to which nothing came for a minute looks at the queue more rarely: whoever listens on the channel webhook_queue is
-- told of the first delivery that comes then, and can wake it.

create function public.tell_quiet_drains() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  -- Not while they are at work: who notifies commits one after another.
  if not exists (select from public.webhook_workers w where w.last_settled_at > now() - interval '50 seconds') then
    perform pg_notify('webhook_queue', '');
  end if;
  return null;
end
$$;
comment on function public.tell_quiet_drains is
  'Notifies the channel webhook_queue of deliveries that come while no drain has ended one for 50 seconds: each may wait for up to 5 seconds then before it looks at the queue again.';

revoke execute on function public.tell_quiet_drains
from public, anon, authenticated, service_role;

create trigger tell_quiet_drains after insert on public.webhook_queue
  for each statement execute function public.tell_quiet_drains();
