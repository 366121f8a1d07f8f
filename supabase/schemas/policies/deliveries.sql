-- Administrators read events, deliveries, attempts and statistics; verbs write them. Keys and row events are for verbs only.

alter table public.webhook_events enable row level security;
revoke all on public.webhook_events from public, anon, authenticated;
grant all on public.webhook_events to service_role;
grant select on public.webhook_events to authenticated;
create policy "administrators read events" on public.webhook_events
  for select to authenticated using ((select public.is_webhook_admin()));

alter table public.webhook_event_words enable row level security;
revoke all on public.webhook_event_words from public, anon, authenticated;
grant all on public.webhook_event_words to service_role;
grant select on public.webhook_event_words to authenticated;
create policy "administrators read words" on public.webhook_event_words
  for select to authenticated using ((select public.is_webhook_admin()));

alter table public.webhook_queue enable row level security;
revoke all on public.webhook_queue from public, anon, authenticated;
grant all on public.webhook_queue to service_role;
grant select on public.webhook_queue to authenticated;
create policy "administrators read the queue" on public.webhook_queue
  for select to authenticated using ((select public.is_webhook_admin()));

alter table public.webhook_history enable row level security;
revoke all on public.webhook_history from public, anon, authenticated;
grant all on public.webhook_history to service_role;
grant select on public.webhook_history to authenticated;
create policy "administrators read the history" on public.webhook_history
  for select to authenticated using ((select public.is_webhook_admin()));

alter table public.webhook_attempts enable row level security;
revoke all on public.webhook_attempts from public, anon, authenticated;
grant all on public.webhook_attempts to service_role;
grant select on public.webhook_attempts to authenticated;
create policy "administrators read attempts" on public.webhook_attempts
  for select to authenticated using ((select public.is_webhook_admin()));

alter table public.webhook_stats_hourly enable row level security;
revoke all on public.webhook_stats_hourly from public, anon, authenticated;
grant all on public.webhook_stats_hourly to service_role;
grant select on public.webhook_stats_hourly to authenticated;
create policy "administrators read statistics" on public.webhook_stats_hourly
  for select to authenticated using ((select public.is_webhook_admin()));

alter table public.webhook_idempotency_keys enable row level security;
revoke all on public.webhook_idempotency_keys from public, anon, authenticated;
grant all on public.webhook_idempotency_keys to service_role;

alter table public.webhook_row_events enable row level security;
revoke all on public.webhook_row_events from public, anon, authenticated;
grant all on public.webhook_row_events to service_role;

alter table public.webhook_late_deliveries enable row level security;
revoke all on public.webhook_late_deliveries from public, anon, authenticated;
grant all on public.webhook_late_deliveries to service_role;
grant select on public.webhook_late_deliveries to authenticated;
create policy "administrators read late deliveries" on public.webhook_late_deliveries
  for select to authenticated using ((select public.is_webhook_admin()));
