-- The built-in receiver: inboxes that accept requests and show what a receiver sees.

create table public.playground_inboxes (
  id uuid primary key default gen_random_uuid(), -- random, not time-ordered: the id is the only key to the inbox's address
  name text not null check (char_length(name) between 1 and 80),
  behaviour text not null default 'ok' check (behaviour in ('ok', 'error', 'gone', 'slow', 'random', 'retry_after')),
  created_at timestamptz not null default now()
);
comment on table public.playground_inboxes is 'Addresses that can be given to a webhook, and how each one answers.';

create table public.playground_requests (
  id uuid primary key default public.webhook_uuid_v7(),
  inbox_id uuid not null references public.playground_inboxes (id) on delete cascade,
  method text not null,
  headers jsonb not null,
  body text not null check (octet_length(body) <= 1048576),
  answered_status integer not null,
  -- null when the header was absent
  seed_signature_valid boolean,
  standard_signature_valid boolean,
  webhook_id uuid,
  received_at timestamptz not null default now()
);
comment on table public.playground_requests is 'What an inbox received, with both signatures checked. The last 200 per inbox, for 24 hours.';
create index playground_requests_inbox on public.playground_requests (inbox_id, id desc);

create function public.keep_playground_small() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  delete from public.playground_requests r
  where r.inbox_id = new.inbox_id and (
    r.received_at < now() - interval '24 hours'
    or r.id < (select k.id from public.playground_requests k where k.inbox_id = new.inbox_id order by k.id desc offset 199 limit 1));
  return null;
end
$$;
comment on function public.keep_playground_small is 'Forgets old requests of the inbox that just received one.';
create trigger keep_playground_small after insert on public.playground_requests
  for each row execute function public.keep_playground_small();

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
