create table public.webhook_health (
  webhook_id uuid primary key,
  failing_since timestamptz not null default now(),
  failures integer not null,
  paused_until timestamptz,
  pauses integer not null default 0,
  last_failed_at timestamptz not null default now(),
  outages integer not null default 0,
  last_error_kind text,
  last_status_code integer
) with (fillfactor = 50);

comment on table public.webhook_health is
  'Webhooks whose receiver has only failed since its last success; a success removes the row. No foreign key: settle must not wait for a webhook that is being deleted.';
comment on column public.webhook_health.failures is
  'Attempts that failed in a row: refusals (4xx) and outages.';
comment on column public.webhook_health.paused_until is
  'The circuit breaker: open until then, half open after it (one delivery at a time), closed when null.';
comment on column public.webhook_health.outages is
  'Outages in a row (5xx, timeouts, no connection): these open the breaker. An answer of any other kind begins anew.';
comment on column public.webhook_health.last_status_code is
  'What the latest of these failures was answered; null where nothing was: last_error_kind says what happened instead.';
