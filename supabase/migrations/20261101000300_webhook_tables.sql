-- Webhooks, their events, and the life of a delivery: queue while it is to be sent, history once it is final.

create function public.webhook_event_types() returns text[]
language sql immutable parallel safe
set search_path = ''
as $$
  select array[
    'lead.created', 'lead.updated', 'lead.deleted', 'lead.status_changed',
    'appointment.created', 'appointment.updated', 'appointment.cancelled',
    'file.uploaded', 'file.deleted'
  ]
$$;
comment on function public.webhook_event_types is
  'The event types that can be triggered. Mirrors lib/domain/eventTypes.ts; a test holds the two together.';

create function public.webhook_subscribable_event_types() returns text[]
language sql immutable parallel safe
set search_path = ''
as $$
  select public.webhook_event_types() || array['webhook.disabled']
$$;
comment on function public.webhook_subscribable_event_types is
  'The event types that a webhook may listen to: those that can be triggered, and those that this system emits itself.';

create table public.webhooks (
  id uuid primary key default public.webhook_uuid_v7(),
  name text not null check (char_length(name) <= 120 and name ~ '\S'),
  url text not null check (url ~ '^https?://' and char_length(url) <= 2048),
  description text not null default '' check (char_length(description) <= 1000),
  events text[] not null check (cardinality(events) > 0 and events <@ public.webhook_subscribable_event_types()),
  headers jsonb not null default '{}' check (jsonb_typeof(headers) = 'object'),
  status text not null default 'active' check (status in ('active', 'inactive')),
  disabled_reason text check (disabled_reason in ('gone', 'failing')),
  transform_enabled boolean not null default false,
  transform_script text not null default '' check (octet_length(transform_script) <= 65536),
  retry_enabled boolean not null default true,
  max_retries integer not null default 3 check (max_retries between 0 and 20),
  retry_delay integer not null default 5 check (retry_delay between 1 and 3600),
  timeout_ms integer not null default 5000 check (timeout_ms between 1000 and 30000),
  seed_signature_enabled boolean not null default true,
  body_format text not null default 'envelope' check (body_format in ('envelope', 'raw')),
  max_in_flight integer not null default 16 check (max_in_flight between 1 and 100),
  rate_limit integer check (rate_limit between 1 and 1000),
  search_text text generated always as (name || ' ' || url) stored, -- what the list's search looks into
  created_by uuid default auth.uid(),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check (not transform_enabled or transform_script ~ '\S'),
  check (disabled_reason is null or status = 'inactive')
);
comment on table public.webhooks is 'The subscriptions: where to send, which events, how to transform and retry.';
create index webhooks_events on public.webhooks using gin (events) where status = 'active';

comment on column public.webhooks.rate_limit is 'Most requests a second, spread evenly; null for no limit.';

create table public.webhook_health (
  webhook_id uuid primary key,
  failing_since timestamptz not null default now(),
  failures integer not null,
  paused_until timestamptz,
  pauses integer not null default 0,
  last_failed_at timestamptz not null default now()
) with (fillfactor = 50);
comment on table public.webhook_health is
  'Webhooks whose receiver has only failed since its last success; a success removes the row. No foreign key: settle must not wait for a webhook that is being deleted.';
comment on column public.webhook_health.paused_until is
  'The circuit breaker: open until then, half open after it (one delivery at a time), closed when null.';

create table public.webhook_pace (
  webhook_id uuid primary key references public.webhooks (id) on delete cascade,
  next_at timestamptz not null default now()
) with (fillfactor = 50);
comment on table public.webhook_pace is
  'Of each webhook with a rate_limit: when its next request is due at that rate (the theoretical arrival time of GCRA).';

create table public.webhook_secrets (
  webhook_id uuid primary key references public.webhooks (id) on delete cascade,
  secret_key text not null default encode(public.webhook_random_secret(), 'hex'),
  signing_secret text not null default 'whsec_' || encode(public.webhook_random_secret(), 'base64'),
  previous_signing_secret text,
  previous_expires_at timestamptz
);
comment on table public.webhook_secrets is
  'Apart from webhooks, so that no read of a webhook can carry a secret. secret_key is given away by the seed''s header; signing_secret never leaves.';

create table public.webhook_events (
  id uuid primary key default public.webhook_uuid_v7(),
  event_type text not null,
  payload json not null, -- json, not jsonb: key order and text are the sender's
  deliveries integer not null default 0,
  triggered_by uuid default auth.uid(),
  traceparent text,
  occurred_at timestamptz not null default now()
) partition by range (id);
comment on table public.webhook_events is 'What happened, once, whoever listens. Partitioned by day.';
comment on column public.webhook_events.traceparent is
  'The trace (W3C Trace Context) in which the event was triggered: the spans of its attempts join it. Null when nobody traces.';

create table public.webhook_idempotency_keys (
  key text primary key check (char_length(key) between 1 and 255),
  event_id uuid not null,
  created_at timestamptz not null default now()
);
comment on table public.webhook_idempotency_keys is 'A trigger repeated with the same key is the same event, for at least 24 hours.';

create table public.webhook_queue (
  id uuid not null default public.webhook_uuid_v7(),
  webhook_id uuid not null,
  event_id uuid not null,
  event_type text not null,
  is_test boolean not null default false,
  retry_count integer not null default 0,
  lane smallint generated always as (least(retry_count, 1)) stored,
  attempt_count integer not null default 0,
  due_at timestamptz not null default now(),
  resume_at timestamptz,
  locked_until timestamptz,
  fence integer not null default 0,
  payload_bytes integer not null default 0,
  worker text,
  last_status_code integer,
  last_error_kind text,
  last_error text,
  last_duration_ms integer,
  created_at timestamptz not null default now()
) with (fillfactor = 45, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
comment on table public.webhook_queue is
  'Deliveries that are pending, retrying or in flight; deleted when final. The lease columns are in no index, so that a claim is a HOT update.';
comment on column public.webhook_queue.due_at is 'infinity while the webhook is inactive: such rows cost a claim nothing.';
comment on column public.webhook_queue.resume_at is 'The due time that was set aside when the webhook became inactive.';
comment on column public.webhook_queue.fence is 'Grows at claim and at settle: a drain that lost its lease can write nothing.';
comment on column public.webhook_queue.payload_bytes is 'Of the event: a claim takes no more than a drain can hold. 0 where it is small for certain.';
comment on column public.webhook_queue.lane is '0 for first tries, 1 for retries: many of the one never hide the other from a claim.';
create index webhook_queue_lane on public.webhook_queue (webhook_id, lane, due_at, id);
-- Made after the other one: of two indexes that cost the same on a short queue, Postgres takes the later one, and the
-- other one holds ids too.
alter table public.webhook_queue add primary key (id);

create table public.webhook_history (
  id uuid primary key,
  webhook_id uuid not null,
  event_id uuid not null,
  event_type text not null,
  is_test boolean not null,
  status text not null check (status in ('success', 'failed')),
  retry_count integer not null,
  attempt_count integer not null,
  fence integer not null,
  last_status_code integer,
  last_error_kind text,
  last_error text,
  last_duration_ms integer,
  created_at timestamptz not null,
  finished_at timestamptz not null default now()
) partition by range (id);
comment on table public.webhook_history is 'Deliveries that are final; insert-only. Partitioned by day.';
comment on column public.webhook_history.fence is
  'The last one, so that it goes on growing after a redelivery and no lease of the time before can write.';
create index webhook_history_webhook on public.webhook_history (webhook_id, id desc);

create table public.webhook_attempts (
  delivery_id uuid not null,
  attempt integer not null,
  webhook_id uuid not null,
  started_at timestamptz not null,
  duration_ms integer not null,
  succeeded boolean not null,
  request_url text,
  request_headers json,
  request_body text,
  request_format text check (request_format in ('envelope', 'raw')),
  response_status integer,
  response_headers json,
  response_body text,
  response_truncated boolean not null default false,
  error_kind text,
  error_message text,
  console json,
  primary key (delivery_id, attempt)
) partition by range (delivery_id);
comment on column public.webhook_attempts.request_headers is
  'Secret values masked. Without the headers that follow from the rest of the row: content type, event type, delivery id, time.';
comment on column public.webhook_attempts.request_format is
  'Set where the body was the event''s own payload in this format: such a body is not stored a second time, request_body is null.';
comment on table public.webhook_attempts is 'One row per try: the request as sent, the response, the error, the times. Partitioned by the delivery''s day.';

create table public.webhook_stats_hourly (
  webhook_id uuid not null,
  hour timestamptz not null,
  succeeded integer not null default 0,
  failed integer not null default 0,
  retried integer not null default 0,
  duration_ms_sum bigint not null default 0,
  latency_histogram integer[] not null,
  errors_4xx integer not null default 0, -- 410 too
  errors_5xx integer not null default 0,
  errors_timeout integer not null default 0,
  errors_network integer not null default 0,
  errors_transform integer not null default 0,
  primary key (webhook_id, hour)
) with (fillfactor = 50);
comment on table public.webhook_stats_hourly is 'Per webhook and hour: outcomes and a latency histogram, written by settle. Charts never count raw rows. Tests are left out.';
create index webhook_stats_hourly_hour on public.webhook_stats_hourly (hour);
comment on column public.webhook_stats_hourly.errors_4xx is
  'The errors_ columns count failed attempts by what failed; failed + retried less their sum failed in another way.';

create table public.webhook_audit_log (
  id uuid primary key default public.webhook_uuid_v7(),
  at timestamptz not null default now(),
  user_id uuid default auth.uid(),
  webhook_id uuid not null,
  action text not null check (action in ('created', 'updated', 'deleted', 'secrets_revealed', 'secret_rotated'))
);
comment on table public.webhook_audit_log is 'Who created, changed or deleted a webhook, and who saw or rotated its secrets.';

-- Partitions live in a schema of their own, which no API exposes.
create schema webhook_partitions;
revoke all on schema webhook_partitions from public;
create table webhook_partitions.webhook_events_default partition of public.webhook_events default;
create table webhook_partitions.webhook_history_default partition of public.webhook_history default;
create table webhook_partitions.webhook_attempts_default partition of public.webhook_attempts default;

create view public.webhook_deliveries with (security_invoker = true) as
  select
    q.id, q.webhook_id, q.event_id, q.event_type, q.is_test,
    case when q.retry_count = 0 then 'pending' else 'retrying' end as status,
    coalesce(q.locked_until > now(), false) as in_flight,
    q.retry_count, q.attempt_count,
    case when isfinite(q.due_at) then greatest(q.due_at,
      (select h.paused_until from public.webhook_health h where h.webhook_id = q.webhook_id and h.paused_until > now())
    ) end as next_attempt_at,
    q.last_status_code, q.last_error_kind, q.last_error, q.last_duration_ms,
    q.created_at, null::timestamptz as finished_at,
    (select e.payload::text from public.webhook_events e where e.id = q.event_id) as payload_text
  from public.webhook_queue q
  union all
  select
    h.id, h.webhook_id, h.event_id, h.event_type, h.is_test,
    h.status, false, h.retry_count, h.attempt_count, null,
    h.last_status_code, h.last_error_kind, h.last_error, h.last_duration_ms,
    h.created_at, h.finished_at,
    (select e.payload::text from public.webhook_events e where e.id = h.event_id)
  from public.webhook_history h;
comment on view public.webhook_deliveries is
  'Every delivery with the four statuses. Page by id, newest first. payload_text is computed only where asked for: for text search.';
