-- Order: what its tables hold of it.

alter table public.webhooks add column ordered boolean not null default false, add column order_waits boolean not null default false;
comment on column public.webhooks.ordered is
  'Deliveries of one record (the payload''s id) go out one after the other, in the order of their events.';
comment on column public.webhooks.order_waits is
  'Of an ordered one, whether nothing more of a record is sent once a delivery of it has failed for good, until somebody decides.';
grant insert (ordered, order_waits), update (ordered, order_waits) on public.webhooks to authenticated;

-- A generated column is made anew, with all that is made of it: the queue is written once, and nothing is sent meanwhile.
alter table public.webhook_queue drop constraint webhook_queue_pkey;
alter table public.webhook_queue drop column lane;
alter table public.webhook_queue
  add column record_id text,
  add column sequence bigint,
  add column turn smallint,
  add column lane smallint generated always as (case turn when 0 then 3 when 2 then 2 else least(retry_count, 1) end) stored;
comment on column public.webhook_queue.lane is
  '0 for first tries, 1 for retries: many of the one never hide the other from a claim. Where no claim takes from: 2 for what stands behind another one of its record, 3 for what has to be looked at first.';
comment on column public.webhook_queue.record_id is
  'Of the event, for webhooks that treat a record''s deliveries as a whole; null for all others.';
comment on column public.webhook_queue.turn is
  'Of an ordered webhook: 0 to be looked at, 1 it has its record''s turn, 2 it stands behind another one. Null for all others.';
create index webhook_queue_lane on public.webhook_queue (webhook_id, lane, due_at, id);
create index webhook_queue_records on public.webhook_queue (webhook_id, record_id, turn, sequence) where record_id is not null;
create index webhook_queue_unchecked on public.webhook_queue (webhook_id, due_at, id) where turn = 0;
-- Made after the other ones: of two indexes that cost the same on a short queue, Postgres takes the later one.
alter table public.webhook_queue add primary key (id);

create table public.webhook_stopped_records (
  webhook_id uuid not null,
  record_id text not null,
  delivery_id uuid not null,
  stopped_at timestamptz not null default now(),
  primary key (webhook_id, record_id)
);

comment on table public.webhook_stopped_records is
  'Records of which a webhook sends nothing before somebody has decided what becomes of a delivery that failed (order_waits): it goes on once that one has succeeded, was cancelled or passed over. No foreign key, as in webhook_health.';

create unique index webhook_stopped_records_delivery on public.webhook_stopped_records (delivery_id);

create table public.webhook_order_notes (
  id uuid primary key default public.webhook_uuid_v7(),
  webhook_id uuid not null,
  record_id text
);

comment on table public.webhook_order_notes is
  'Records of ordered webhooks that the next claim looks at again, because somebody had their next delivery locked. Empty as a rule. Without a record: those of a webhook that no longer waits for anybody.';

alter table public.webhook_stopped_records enable row level security;
revoke all on public.webhook_stopped_records from public, anon, authenticated;
grant all on public.webhook_stopped_records to service_role;
grant select on public.webhook_stopped_records to authenticated;
create policy "administrators read" on public.webhook_stopped_records
  for select to authenticated using ((select public.is_webhook_admin()));

alter table public.webhook_order_notes enable row level security;
revoke all on public.webhook_order_notes from public, anon, authenticated;
grant all on public.webhook_order_notes to service_role;

create or replace view public.webhook_deliveries with (security_invoker = true) as
  select
    q.id, q.webhook_id, q.event_id, q.event_type, q.is_test,
    case when q.retry_count = 0 and q.last_error_kind is distinct from 'throttled' then 'pending' else 'retrying' end as status,
    coalesce(q.locked_until > now(), false) as in_flight,
    q.retry_count, q.attempt_count,
    case when q.turn is distinct from 2 then (
      select x.next_attempt_at from public.webhook_delivery_wait(q.webhook_id, q.is_test, q.created_at, q.due_at) x) end as next_attempt_at,
    q.last_status_code, q.last_error_kind, q.last_error, q.last_duration_ms,
    q.created_at, null::timestamptz as finished_at,
    (select e.payload::text from public.webhook_events e where e.id = q.event_id) as payload_text,
    (select case when q.turn = 2 and (x.waits_for is null or x.waits_for = 'time') then 'record' else x.waits_for end
      from public.webhook_delivery_wait(q.webhook_id, q.is_test, q.created_at, q.due_at) x) as waits_for,
    case when q.turn = 2 then coalesce(
      (select x.id from public.webhook_queue x
        where x.webhook_id = q.webhook_id and x.record_id = q.record_id and x.turn = 1 limit 1),
      (select s.delivery_id from public.webhook_stopped_records s
        where s.webhook_id = q.webhook_id and s.record_id = q.record_id)) end as follows
  from public.webhook_queue q
  union all
  select
    h.id, h.webhook_id, h.event_id, h.event_type, h.is_test,
    h.status, false, h.retry_count, h.attempt_count, null,
    h.last_status_code, h.last_error_kind, h.last_error, h.last_duration_ms,
    h.created_at, h.finished_at,
    (select e.payload::text from public.webhook_events e where e.id = h.event_id),
    null, null
  from public.webhook_history h;
comment on view public.webhook_deliveries is
  'Every delivery with its status. waits_for: inactive (its webhook is switched off or deleted), cancellation (everything that waits is being cancelled), pause (the breaker is open), receiver (it asked to be left alone), record (another delivery of its record goes before it: follows says which, or which failed one somebody has to decide upon), time (its own due time); null when nothing but its turn. Page by id, newest first. payload_text is computed only where asked for.';
