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
  left_out integer not null default 0,
  record_label text,
  sequence bigint, -- without a default: one that is computed would rewrite each day's table
  origin_webhook uuid,
  erased_at timestamptz,
  origin text default 'application' check (origin in ('row', 'application', 'backfill', 'system', 'test'))
) partition by range (id);

comment on table public.webhook_events is
  'What happened, once, whoever listens. Partitioned by day.';
comment on column public.webhook_events.traceparent is
  'The trace (W3C Trace Context) in which the event was triggered: the spans of its attempts join it. Null when nobody traces.';
comment on column public.webhook_events.left_out is
  'How many active webhooks listened to it and were left out: they have conditions that it did not meet, or it came of their own account.';
comment on column public.webhook_events.record_label is
  'What people call the record, where the payload does not say and the table does that told of its change; else see webhook_record_label.';
comment on column public.webhook_events.erased_at is
  'When what its payload held was erased: {"id": …, "erased": true} is left of it.';

comment on column public.webhook_events.origin is
  'Who told it: row (an attached table), application (code, the API or SQL), backfill (a row that was there before, told again to one webhook), system (this one, of itself), test. Null: it was stored before this was kept.';
comment on column public.webhook_events.sequence is
  'Grows with each event, in the order in which the changes of a record were made; with gaps. Null for tests, for what the system itself tells, and for what was stored before there was one.';
comment on column public.webhook_events.origin_webhook is
  'The webhook on whose account somebody made the change, as they said (X-DevLink-Origin, devlink.origin); of what the system tells, the one that it tells of. Null for none.';

-- Of one type, newest first; and how many there were of each type.
create index webhook_events_type on public.webhook_events (event_type, id) include (origin);
-- What is counted apart from what was never sent.
create index webhook_events_erased on public.webhook_events (id) where erased_at is not null;
create index webhook_events_origin on public.webhook_events (origin_webhook, id) where origin_webhook is not null;
-- What nobody got.
create index webhook_events_unheard on public.webhook_events (id) where deliveries = 0;

-- What comes on a day that nobody foresaw.
create table webhook_partitions.webhook_events_default partition of public.webhook_events default;
