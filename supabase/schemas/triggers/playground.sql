-- Inboxes stay small.

create function public.keep_playground_small() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  delete from public.playground_requests r
  using (
    select k.id, row_number() over newest as n, sum(octet_length(k.body)) over newest as bytes
    from public.playground_requests k where k.inbox_id = new.inbox_id
    window newest as (order by k.id desc rows unbounded preceding)
  ) as kept
  where r.id = kept.id and (kept.n > 100 or (kept.n > 1 and kept.bytes > 16 * 1024 * 1024));
  return null;
end
$$;
comment on function public.keep_playground_small is
  'Keeps of the inbox that just received a request its last 100, and 16 MiB of bodies; the newest whatever its size.';

revoke execute on function public.keep_playground_small
from public, anon, authenticated, service_role;

create trigger keep_playground_small after insert on public.playground_requests
  for each row execute function public.keep_playground_small();
