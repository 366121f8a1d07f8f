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

create function public.before_playground_request_insert() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
  erased timestamptz;
begin
  if new.delivery_id ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
    select e.erased_at into erased from public.webhook_events e
    where e.id = (
      select q.event_id from public.webhook_queue q where q.id = new.delivery_id::uuid
      union all
      select h.event_id from public.webhook_history h where h.id = new.delivery_id::uuid
      limit 1)
    for key share; -- an erasure that is under way waits for this, or this for it
    if erased is not null and strpos(new.body, '"erased"') = 0 then
      new.body := '';
    end if;
  end if;
  return new;
end
$$;
comment on function public.before_playground_request_insert is
  'Keeps no body of what was under way when its record was erased.';

create function public.after_playground_inbox_delete() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  perform public.bury_webhook(old.listener);
  return null;
end
$$;
comment on function public.after_playground_inbox_delete is
  'A listener''s webhook goes with its inbox, whoever deletes it.';

revoke execute on function public.keep_playground_small, public.before_playground_request_insert, public.after_playground_inbox_delete
from public, anon, authenticated, service_role;

create trigger keep_playground_small after insert on public.playground_requests
  for each row execute function public.keep_playground_small();

create trigger before_playground_request_insert before insert on public.playground_requests
  for each row execute function public.before_playground_request_insert();

create trigger after_playground_inbox_delete after delete on public.playground_inboxes
  for each row when (old.listener is not null) execute function public.after_playground_inbox_delete();
