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
