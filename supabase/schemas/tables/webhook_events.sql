-- Grows from event to event. Taken while the transaction still holds the row that the event is of: so it grows per record.
create sequence public.webhook_event_sequence;
revoke all on sequence public.webhook_event_sequence from public, anon, authenticated, service_role;

create table public.webhook_events (
  id uuid primary key default public.webhook_uuid_v7(),
  event_type text not null,
  payload json not null, -- json, not jsonb: key order and text are the sender's
  deliveries integer not null default 0,
  triggered_by uuid default auth.uid(),
  traceparent text,
  occurred_at timestamptz not null default now(),
  sequence bigint, -- without a default: one that is computed would rewrite each day's table
  origin_webhook uuid
) partition by range (id);

comment on table public.webhook_events is
  'What happened, once, whoever listens. Partitioned by day.';
comment on column public.webhook_events.traceparent is
  'The trace (W3C Trace Context) in which the event was triggered: the spans of its attempts join it. Null when nobody traces.';
comment on column public.webhook_events.sequence is
  'Grows with each event, in the order in which the changes of a record were made; with gaps. Null for tests, for what the system itself tells, and for what was stored before there was one.';
comment on column public.webhook_events.origin_webhook is
  'The webhook on whose account somebody made the change, as they said (X-DevLink-Origin, devlink.origin). Null where nobody did.';

-- What comes on a day that nobody foresaw.
create table webhook_partitions.webhook_events_default partition of public.webhook_events default;
