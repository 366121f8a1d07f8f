create table public.webhook_idempotency_keys (
  key text not null check (char_length(key) between 1 and 255),
  event_id uuid not null,
  created_at timestamptz not null default now(),
  owner uuid not null default '00000000-0000-0000-0000-000000000000',
  digest bytea,
  primary key (owner, key)
);

comment on table public.webhook_idempotency_keys is
  'A trigger repeated by the same caller with the same key, type and payload is the same event, for 24 hours.';
comment on column public.webhook_idempotency_keys.owner is
  'The person who triggered; the nil UUID for the service and for SQL.';
comment on column public.webhook_idempotency_keys.digest is
  'Of type and payload as they were triggered. Null for keys of before 26 November 2026, which are compared with their event.';

create index webhook_idempotency_keys_age on public.webhook_idempotency_keys (created_at);
-- Erased with their event.
create index webhook_idempotency_keys_event on public.webhook_idempotency_keys (event_id);
