-- Inboxes stay small.

create function public.keep_playground_small() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  delete from public.playground_requests r
  where r.inbox_id = new.inbox_id
    and r.id < (select k.id from public.playground_requests k where k.inbox_id = new.inbox_id order by k.id desc offset 99 limit 1);
  return null;
end
$$;
comment on function public.keep_playground_small is
  'Keeps the last 100 requests of the inbox that just received one.';

revoke execute on function public.keep_playground_small
from public, anon, authenticated, service_role;

create trigger keep_playground_small after insert on public.playground_requests
  for each row execute function public.keep_playground_small();
