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
