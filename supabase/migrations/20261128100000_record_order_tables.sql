-- What the tables hold of a record's turn: order, retries that are out of date, a receiver's own changes, changes as one.

-- Grows with each event of a record: receivers see what is older, and order is kept by it.
create sequence public.webhook_event_sequence;
revoke all on sequence public.webhook_event_sequence from public, anon, authenticated, service_role;

alter table public.webhook_events add column sequence bigint;
comment on column public.webhook_events.sequence is
  'Grows with each event, in the order in which the changes of a record were made; with gaps. Null for tests, for what the system itself tells, and for what was stored before there was one.';

alter table public.webhooks add column ordered boolean not null default false, add column order_waits boolean not null default false;
comment on column public.webhooks.ordered is
  'Deliveries of one record (the payload''s id) go out one after the other, in the order of their events.';
comment on column public.webhooks.order_waits is
  'Of an ordered one, whether nothing more of a record is sent once a delivery of it has failed for good, until somebody decides.';
grant insert (ordered, order_waits), update (ordered, order_waits) on public.webhooks to authenticated;

-- A generated column is made anew, with all that is made of it: the queue is written once, and nothing is sent meanwhile.
-- What reads the column is made anew with the functions.
drop view public.webhook_deliveries;
drop function public.webhook_delivery_wait;
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

alter table public.webhooks add column stale_retries text not null default 'send' check (stale_retries in ('send', 'skip'));
comment on column public.webhooks.stale_retries is
  'Whether a retry is sent (send) or ends as skipped (skip) whose record has been delivered in a newer state since.';
grant insert (stale_retries), update (stale_retries) on public.webhooks to authenticated;

create table public.webhook_record_states (
  webhook_id uuid not null,
  record_id text not null,
  sequence bigint not null,
  delivery_id uuid not null,
  delivered_at timestamptz not null default now(),
  primary key (webhook_id, record_id)
) with (fillfactor = 50);

comment on table public.webhook_record_states is
  'The newest state of each record that a receiver has, of webhooks that skip retries which are out of date; for as long as the history is kept. Written by settle. No foreign key, as in webhook_health.';

create index webhook_record_states_delivered on public.webhook_record_states (delivered_at);

alter table public.webhook_record_states enable row level security;
revoke all on public.webhook_record_states from public, anon, authenticated;
grant all on public.webhook_record_states to service_role;

insert into public.webhook_chores (chore, every) values ('forget_record_states', '01:00:00');

alter table public.webhooks add column skip_own_changes boolean not null default false;
comment on column public.webhooks.skip_own_changes is
  'It does not get events of changes that were made on its own account: see webhook_events.origin_webhook.';
grant insert (skip_own_changes), update (skip_own_changes) on public.webhooks to authenticated;
alter table public.webhook_events add column origin_webhook uuid;
comment on column public.webhook_events.origin_webhook is
  'The webhook on whose account somebody made the change, as they said (X-DevLink-Origin, devlink.origin). Null where nobody did.';
comment on column public.webhook_events.left_out is
  'How many active webhooks listened to it and were left out: they have conditions that it did not meet, or it came of their own account.';
create index webhook_events_origin on public.webhook_events (origin_webhook, id) where origin_webhook is not null;

alter table public.webhooks add column coalesce_seconds integer not null default 0 check (coalesce_seconds between 0 and 300);
comment on column public.webhooks.coalesce_seconds is
  'Changes of a record within so many seconds become one delivery; at most five times as long after the first. 0: each has its own.';
grant insert (coalesce_seconds), update (coalesce_seconds) on public.webhooks to authenticated;
create index webhooks_coalescing on public.webhooks (id) where coalesce_seconds > 0;
alter table public.webhook_queue add column merged uuid[];
comment on column public.webhook_queue.merged is
  'The events that this delivery brings as one, oldest first; null where it brings one. event_id is the last of them.';
alter table public.webhook_history add column merged uuid[];
comment on column public.webhook_history.merged is
  'As in webhook_queue.';

create table public.webhook_late_deliveries (
  webhook_id uuid not null,
  event_id uuid not null,
  delivery_id uuid not null,
  primary key (webhook_id, event_id)
);

comment on table public.webhook_late_deliveries is
  'Deliveries of events that were not made with their event and for it alone: afterwards, by a job, or of several events as one (webhook_queue.merged). One at most of an event for a webhook. The ids of all others are of the time of their event; these are found by it.';

create index webhook_late_deliveries_event on public.webhook_late_deliveries (event_id);

alter table public.webhook_late_deliveries enable row level security;
revoke all on public.webhook_late_deliveries from public, anon, authenticated;
grant all on public.webhook_late_deliveries to service_role;
grant select on public.webhook_late_deliveries to authenticated;
create policy "administrators read late deliveries" on public.webhook_late_deliveries
  for select to authenticated using ((select public.is_webhook_admin()));
