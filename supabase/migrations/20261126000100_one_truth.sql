-- webhooks.status is the only truth about who is sent to: queued deliveries are never moved when it changes. Work that grows
-- with a queue is a job; upkeep is a list of chores, each for itself.

alter table public.webhooks
  add column retry_refusals boolean not null default true,
  add column deleted_at timestamptz,
  add column cancel_before timestamptz,
  add check (deleted_at is null or status = 'inactive');
comment on column public.webhooks.retry_refusals is
  'Whether an answer 4xx (but 408, 425, 429) is tried again: it speaks of the request, and the next one will be the same.';
comment on column public.webhooks.deleted_at is
  'A tombstone: the settings are wiped and people see it no more, while a job ends what waits. Then the row goes.';
comment on column public.webhooks.cancel_before is
  'What was created until then is not sent any more: a job takes it out of the queue, and sets this back to null.';

-- A claim leaps from one that is sent to to the next.
create index webhooks_active on public.webhooks (id) where status = 'active';

-- {"X": null}, written past the API, once made the list of all webhooks unreadable.
-- Nobody changed anything: no audit, and what is known of the receiver stays.
alter table public.webhooks disable trigger user;
update public.webhooks w
set headers = (select coalesce(jsonb_object_agg(h.key, h.value), '{}') from jsonb_each(w.headers) h where jsonb_typeof(h.value) = 'string')
where jsonb_path_exists(w.headers, 'strict $.* ? (@.type() <> "string")', silent => true);
alter table public.webhooks enable trigger user;
alter table public.webhooks
  add constraint webhooks_header_values_check check (jsonb_path_exists(headers, 'strict $.* ? (@.type() <> "string")', silent => true) is not true);

alter table public.webhook_health add column outages integer not null default 0;
update public.webhook_health set outages = failures;
comment on column public.webhook_health.failures is 'Attempts that failed in a row: refusals (4xx) and outages.';
comment on column public.webhook_health.outages is
  'Outages in a row (5xx, timeouts, no connection): these open the breaker. An answer of any other kind begins anew.';

create table public.webhook_holds (
  webhook_id uuid primary key,
  held_until timestamptz not null,
  status_code integer not null,
  slots integer not null default 1 check (slots >= 1)
) with (fillfactor = 50);
comment on table public.webhook_holds is
  'Webhooks whose receiver asked to be left alone for a while (429; 503 with Retry-After), until they send at full width again. No foreign key, as in webhook_health.';
comment on column public.webhook_holds.slots is
  'How many requests at once after the hold: one, and one more for each success. The row goes when that is max_in_flight.';

create table public.webhook_marks (
  webhook_id uuid primary key references public.webhooks (id) on delete cascade,
  claimed_due timestamptz not null,
  claimed_id uuid not null
) with (fillfactor = 50);
comment on table public.webhook_marks is
  'Of each webhook the last place in its queue that was claimed: what is under way lies just before it, also when a transaction that took long brings rows which fall due earlier. Written by claim.';

update public.webhook_queue set due_at = coalesce(resume_at, now()) where not isfinite(due_at);
alter table public.webhook_queue drop column resume_at;
comment on column public.webhook_queue.due_at is
  'When it may go out, as far as it is concerned: its webhook may be inactive, paused or held.';
-- Tests are sent whatever the state of their webhook. By a column that no other index has: a plan made on a short queue
-- would else take the other one.
create index webhook_queue_tests on public.webhook_queue (created_at) where is_test;

alter table public.webhook_history drop constraint webhook_history_status_check;
alter table public.webhook_history add check (status in ('success', 'failed', 'skipped'));
-- What a replay of failures sends: found without reading what succeeded.
create index webhook_history_failures on public.webhook_history (webhook_id, id)
  where status = 'failed' and not is_test and last_error_kind is distinct from 'cancelled';
-- What was final long after its day: its day's partitions are kept on account of it.
create index webhook_history_late on public.webhook_history (finished_at)
  where finished_at - created_at > interval '24 hours';

alter table public.webhook_stats_hourly add column skipped integer not null default 0;

create table public.webhook_jobs (
  id uuid primary key default public.webhook_uuid_v7(),
  kind text not null check (kind in ('delete', 'cancel', 'replay')),
  webhook_id uuid,
  params jsonb not null default '{}',
  done integer not null default 0,
  total integer,
  state text not null default 'running' check (state in ('running', 'finished', 'stopped', 'failed')),
  failures integer not null default 0,
  error text,
  created_by uuid default auth.uid(),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  finished_at timestamptz,
  check ((state = 'running') = (finished_at is null))
);
comment on table public.webhook_jobs is
  'Work that grows with a queue, done in small steps beside the sending: deleting a webhook, cancelling what waits, replaying failures.';
comment on column public.webhook_jobs.total is 'Deliveries that it will have dealt with; null while nobody has counted, or beyond 100,000.';
comment on column public.webhook_jobs.failures is 'Steps that failed in a row.';
create index webhook_jobs_running on public.webhook_jobs (updated_at) where state = 'running';
create unique index webhook_jobs_one on public.webhook_jobs (webhook_id, kind) where state = 'running' and kind in ('delete', 'cancel');

create table public.webhook_chores (
  chore text primary key,
  every interval not null,
  last_success_at timestamptz,
  last_failure_at timestamptz,
  error text
);
comment on table public.webhook_chores is 'The chores of upkeep: how often each is due, and how it went.';

create table public.webhook_workers (
  worker text primary key,
  last_exchange_at timestamptz not null default now(),
  last_settled_at timestamptz
) with (fillfactor = 50);
comment on table public.webhook_workers is
  'The drains that exchange with this database, to within 2 seconds: whether anything moves is seen from any process.';

do $$
declare
  name text;
begin
  foreach name in array array['webhook_holds', 'webhook_marks', 'webhook_jobs', 'webhook_chores', 'webhook_workers'] loop
    execute format('alter table public.%I enable row level security', name);
    execute format('revoke all on public.%I from public, anon, authenticated', name);
    execute format('grant all on public.%I to service_role', name);
    execute format('grant select on public.%I to authenticated', name);
    execute format('create policy "administrators read" on public.%I for select to authenticated using ((select public.is_webhook_admin()))', name);
  end loop;
end
$$;

-- People write what they may decide; the rest is the system's.
drop policy "administrators manage webhooks" on public.webhooks;
create policy "administrators manage webhooks" on public.webhooks
  for all to authenticated
  using (deleted_at is null and (select public.is_webhook_admin())) with check (deleted_at is null and (select public.is_webhook_admin()));
revoke insert, update on public.webhooks from authenticated;
grant
  insert (name, url, description, events, headers, status, transform_enabled, transform_script, retry_enabled, max_retries,
    retry_delay, retry_refusals, timeout_ms, seed_signature_enabled, body_format, max_in_flight, rate_limit),
  update (name, url, description, events, headers, status, transform_enabled, transform_script, retry_enabled, max_retries,
    retry_delay, retry_refusals, timeout_ms, seed_signature_enabled, body_format, max_in_flight, rate_limit)
on public.webhooks to authenticated;

create or replace function public.after_webhook_update() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  if new.deleted_at is not null or new.cancel_before is distinct from old.cancel_before then
    return null; -- a verb's doing, which keeps its own record
  end if;
  insert into public.webhook_audit_log (webhook_id, action) values (new.id, 'updated');
  if new.status = 'active' and (old.status = 'inactive' or new.url <> old.url or new.headers <> old.headers
    or new.timeout_ms <> old.timeout_ms) then
    delete from public.webhook_health h where h.webhook_id = new.id;
    delete from public.webhook_holds h where h.webhook_id = new.id;
  end if;
  if new.rate_limit is null then
    delete from public.webhook_pace p where p.webhook_id = new.id;
  else
    insert into public.webhook_pace (webhook_id) values (new.id) on conflict do nothing;
  end if;
  return null;
end
$$;
comment on function public.after_webhook_update is
  'Forgets the failures of a webhook when it is activated or calls another receiver; keeps its pace. Its queue is not touched.';

create function public.bury_webhook(target uuid) returns void
language plpgsql security definer -- wipes secrets, which nobody may write
set search_path = ''
as $$
begin
  update public.webhooks w set
    deleted_at = now(), status = 'inactive', disabled_reason = null, name = 'deleted', url = 'https://deleted.invalid/',
    description = '', headers = '{}', transform_enabled = false, transform_script = ''
  where w.id = target and w.deleted_at is null;
  if not found then
    return;
  end if;
  delete from public.webhook_secrets s where s.webhook_id = target;
  delete from public.webhook_pace p where p.webhook_id = target;
  delete from public.webhook_health h where h.webhook_id = target;
  delete from public.webhook_holds h where h.webhook_id = target;
  insert into public.webhook_audit_log (webhook_id, action) values (target, 'deleted');
  update public.webhook_jobs j set state = 'stopped', finished_at = now(), updated_at = now()
  where j.webhook_id = target and j.state = 'running';
  insert into public.webhook_jobs (kind, webhook_id) values ('delete', target);
end
$$;
comment on function public.bury_webhook is
  'Deletes a webhook at once for people and for claims: wipes name, URL, headers, script and secrets. A job ends what waits for it, then the row goes. The log stays.';

create or replace function public.before_webhook_delete() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  if old.deleted_at is null then
    perform public.bury_webhook(old.id);
    return null;
  end if;
  return old;
end
$$;
comment on function public.before_webhook_delete is
  'Whoever deletes a webhook buries it: no request does work that grows with the queue. The row itself is deleted by the job.';

drop function public.fail_waiting_deliveries;
drop function public.lock_queued_deliveries;
revoke execute on function public.bury_webhook from public, anon, authenticated;
