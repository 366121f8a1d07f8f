create table public.webhook_alert_messages (
  alert_id uuid not null,
  webhook_id uuid not null,
  told_at timestamptz not null default now(),
  primary key (alert_id, webhook_id)
);

comment on table public.webhook_alert_messages is
  'Which alerts have told that a webhook is in trouble, and not yet that it is over: so one message says each. No foreign keys, as in webhook_health.';

create index webhook_alert_messages_webhook on public.webhook_alert_messages (webhook_id);
