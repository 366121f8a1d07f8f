create table public.webhook_queue (
  id uuid not null default public.webhook_uuid_v7(),
  webhook_id uuid not null,
  event_id uuid not null,
  event_type text not null,
  is_test boolean not null default false,
  retry_count integer not null default 0,
  attempt_count integer not null default 0,
  due_at timestamptz not null default now(),
  locked_until timestamptz,
  fence integer not null default 0,
  payload_bytes integer not null default 0,
  worker text,
  last_status_code integer,
  last_error_kind text,
  last_error text,
  last_duration_ms integer,
  created_at timestamptz not null default now(),
  record_id text,
  sequence bigint,
  turn smallint,
  lane smallint generated always as (case turn when 0 then 3 when 2 then 2 else least(retry_count, 1) end) stored,
  merged uuid[]
) with (fillfactor = 45, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);

comment on table public.webhook_queue is
  'Deliveries that are pending, retrying or in flight; deleted when final. The lease columns are in no index, so that a claim is a HOT update.';
comment on column public.webhook_queue.lane is
  '0 for first tries, 1 for retries: many of the one never hide the other from a claim. Where no claim takes from: 2 for what stands behind another one of its record, 3 for what has to be looked at first.';
comment on column public.webhook_queue.record_id is
  'Of the event, for webhooks that treat a record''s deliveries as a whole; null for all others.';
comment on column public.webhook_queue.merged is
  'The events that this delivery brings as one, oldest first; null where it brings one. event_id is the last of them.';
comment on column public.webhook_queue.turn is
  'Of an ordered webhook: 0 to be looked at, 1 it has its record''s turn, 2 it stands behind another one. Null for all others.';
comment on column public.webhook_queue.due_at is
  'When it may go out, as far as it is concerned: its webhook may be inactive, paused or held.';
comment on column public.webhook_queue.fence is
  'Grows at claim and at settle: a drain that lost its lease can write nothing.';
comment on column public.webhook_queue.payload_bytes is
  'Of the event: a claim takes no more than a drain can hold. 0 where it is small for certain.';

create index webhook_queue_lane on public.webhook_queue (webhook_id, lane, due_at, id);
-- A record's deliveries, in their order.
create index webhook_queue_records on public.webhook_queue (webhook_id, record_id, turn, sequence) where record_id is not null;
create index webhook_queue_unchecked on public.webhook_queue (webhook_id, due_at, id) where turn = 0;
-- Tests are sent whatever the state of their webhook. By a column that no other index has: a plan made on a short queue
-- would else take the other one.
create index webhook_queue_tests on public.webhook_queue (created_at) where is_test;
-- Its condition is the view's own expression, so that a filter on that status finds it: what is retried is the oldest
-- of a long queue, and a page begins at the newest.
create index webhook_queue_retrying on public.webhook_queue (id)
  where (case when retry_count = 0 and last_error_kind is distinct from 'throttled' then 'pending' else 'retrying' end) = 'retrying';

-- Made after the other ones: of two indexes that cost the same on a short queue, Postgres takes the later one, and the
-- other one holds ids too.
alter table public.webhook_queue add primary key (id);
