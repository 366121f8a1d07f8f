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

comment on table public.webhook_attempts is
  'One row per try: the request as sent, the response, the error, the times. Partitioned by the delivery''s day.';
comment on column public.webhook_attempts.request_headers is
  'Secret values masked. Without the headers that follow from the rest of the row: content type, event type, delivery id, time.';
comment on column public.webhook_attempts.request_format is
  'Set where the body was the event''s own payload in this format: such a body is not stored a second time, request_body is null.';

-- What comes on a day that nobody foresaw.
create table webhook_partitions.webhook_attempts_default partition of public.webhook_attempts default;
