-- A drain to which nothing came for a minute looks at the queue more rarely: whoever listens on the channel webhook_queue is
-- told of the first delivery that comes then, and can wake it.

create function public.tell_quiet_drains() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  -- A drain that dozes holds the lock. Where it is free nobody can fall asleep before this transaction has ended, and who does
  -- then looks once more: so nothing falls between a last look and a sleep. Who notifies commits one after another.
  if not pg_try_advisory_xact_lock_shared(hashtext('webhook_queue')) then
    perform pg_notify('webhook_queue', '');
  end if;
  return null;
end
$$;
comment on function public.tell_quiet_drains is
  'Notifies the channel webhook_queue of deliveries when a drain dozes that listens to it: it holds the advisory lock hashtext(''webhook_queue'').';

revoke execute on function public.tell_quiet_drains
from public, anon, authenticated, service_role;

create trigger tell_quiet_drains after insert on public.webhook_queue
  for each statement execute function public.tell_quiet_drains();
-- Only of ordered webhooks. After the statement: what it wrote to the history is seen.
create trigger after_turn_ended after delete on public.webhook_queue
  for each row when (old.turn in (0, 1)) execute function public.after_turn_ended();
