create table public.webhook_history (
  id uuid primary key,
  webhook_id uuid not null,
  event_id uuid not null,
  event_type text not null,
  is_test boolean not null,
  status text not null check (status in ('success', 'failed', 'skipped')),
  retry_count integer not null,
  attempt_count integer not null,
  fence integer not null,
  last_status_code integer,
  last_error_kind text,
  last_error text,
  last_duration_ms integer,
  created_at timestamptz not null,
  finished_at timestamptz not null default now(),
  merged uuid[]
) partition by range (id);

comment on table public.webhook_history is
  'Deliveries that are final; insert-only. Partitioned by day.';
comment on column public.webhook_history.fence is
  'The last one, so that it goes on growing after a redelivery and no lease of the time before can write.';
comment on column public.webhook_history.merged is
  'As in webhook_queue.';

create index webhook_history_webhook on public.webhook_history (webhook_id, id desc);
-- What a replay of failures sends: found without reading what succeeded.
create index webhook_history_failures on public.webhook_history (webhook_id, id)
  where status = 'failed' and not is_test and last_error_kind is distinct from 'cancelled';
-- From an event to its deliveries. The queue has none: it would cost each emit a tenth, and a queue is short, or is read through once.
create index webhook_history_event on public.webhook_history (event_id);
-- What did not simply succeed, in the order of the list: its cause and its answer are looked at within the index.
create index webhook_history_causes on public.webhook_history (id, last_error_kind, last_status_code)
  where last_error_kind is not null;
-- What was final long after its day: its day's partitions are kept on account of it.
create index webhook_history_late on public.webhook_history (finished_at)
  where finished_at - created_at > interval '24 hours';

-- What comes on a day that nobody foresaw.
create table webhook_partitions.webhook_history_default partition of public.webhook_history default;
