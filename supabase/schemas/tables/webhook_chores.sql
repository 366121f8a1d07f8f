create table public.webhook_chores (
  chore text primary key,
  every interval not null,
  last_success_at timestamptz,
  last_failure_at timestamptz,
  error text
);

comment on table public.webhook_chores is
  'The chores of upkeep: how often each is due, and how it went.';

insert into public.webhook_chores (chore, every) values
  ('disable_failing', '00:05:00'),
  ('drop_partitions', '01:00:00'),
  ('end_orphans', '00:10:00'),
  ('fold_statistics', '00:01:00'),
  ('forget_health', '01:00:00'),
  ('forget_idempotency_keys', '00:10:00'),
  ('forget_jobs', '1 day'),
  ('forget_late_deliveries', '01:00:00'),
  ('forget_playground_requests', '00:10:00'),
  ('forget_record_states', '01:00:00'),
  ('forget_row_events', '00:01:00'),
  ('forget_shadow_examples', '01:00:00'),
  ('forget_statistics', '1 day'),
  ('forget_webhook_listeners', '00:05:00'),
  ('forget_workers', '01:00:00'),
  ('index_late_webhook_events', '01:00:00'),
  ('index_webhook_events', '00:00:30'),
  ('make_partitions', '01:00:00'),
  ('trim_default_partitions', '01:00:00'),
  ('watch_rates', '00:05:00'),
  ('watch_receivers', '00:01:00'),
  ('watch_sources', '00:05:00');
