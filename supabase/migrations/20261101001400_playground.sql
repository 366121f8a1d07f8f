-- The built-in receiver: inboxes that accept requests and show what a receiver sees.

create table public.playground_inboxes (
  id uuid primary key default gen_random_uuid(), -- random, not time-ordered: the id is the only key to the inbox's address
  name text not null check (char_length(name) between 1 and 80),
  behaviour text not null default 'ok'
    check (behaviour in ('ok', 'error', 'gone', 'slow', 'random', 'retry_after', 'recovers')),
  created_at timestamptz not null default now()
);
comment on table public.playground_inboxes is 'Addresses that can be given to a webhook, and how each one answers.';

create table public.playground_requests (
  id uuid primary key default public.webhook_uuid_v7(),
  inbox_id uuid not null references public.playground_inboxes (id) on delete cascade,
  method text not null check (char_length(method) <= 16),
  query text not null default '' check (char_length(query) <= 4096),
  headers json not null, -- masked by the service: what would give a secret away is not stored
  body text not null check (octet_length(body) <= 3145728), -- 1 MiB as received; a byte that is no text takes three
  event_type text check (char_length(event_type) <= 200),
  delivery_id text check (char_length(delivery_id) <= 200),
  -- which try of its delivery this is, from 1, as far as this inbox remembers
  attempt integer not null default 1 check (attempt >= 1),
  answered_status integer not null check (answered_status between 200 and 599),
  answered_after_ms integer not null default 0 check (answered_after_ms >= 0),
  seed_signature text not null check (seed_signature in ('valid', 'invalid', 'absent', 'unknown')),
  standard_signature text not null check (standard_signature in ('valid', 'invalid', 'absent', 'unknown')),
  webhook_id uuid,
  received_at timestamptz not null default now()
);
comment on table public.playground_requests is
  'What an inbox received, with both signatures checked. The last 100 per inbox, for 24 hours.';
comment on column public.playground_requests.webhook_id is 'The webhook with this inbox''s address whose secrets were used; null when there is none.';
create index playground_requests_inbox on public.playground_requests (inbox_id, id desc);

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
comment on function public.keep_playground_small is 'Keeps the last 100 requests of the inbox that just received one.';
create trigger keep_playground_small after insert on public.playground_requests
  for each row execute function public.keep_playground_small();

create function public.forget_playground_requests() returns void
language sql security invoker
set search_path = ''
as $$
  delete from public.playground_requests where received_at < now() - interval '24 hours'
$$;
comment on function public.forget_playground_requests is 'Removes requests older than 24 hours, of every inbox. The cron route calls it.';

revoke execute on function public.keep_playground_small, public.forget_playground_requests from public, anon, authenticated;
grant execute on function public.forget_playground_requests to service_role;

do $$
declare
  name text;
begin
  foreach name in array array['playground_inboxes', 'playground_requests'] loop
    execute format('alter table public.%I enable row level security', name);
    execute format('revoke all on public.%I from public, anon, authenticated', name);
    execute format('grant select, insert, update, delete on public.%I to authenticated', name);
    execute format('grant all on public.%I to service_role', name);
    execute format('create policy "administrators use the playground" on public.%I for all to authenticated
      using ((select public.is_webhook_admin())) with check ((select public.is_webhook_admin()))', name);
  end loop;
end
$$;
