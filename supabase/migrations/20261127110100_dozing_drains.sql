-- A drain that dozes is told of deliveries; while none does, nobody is.

create or replace function public.tell_quiet_drains() returns trigger
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
