-- Administrators manage; members may trigger (emit_webhook_event) and read no webhook; anonymous gets nothing.
-- Grants are spelled out, because a hosted project grants everything on new tables by default.

do $$
declare
  name text;
begin
  foreach name in array array[
    'webhooks', 'webhook_secrets', 'webhook_events', 'webhook_idempotency_keys', 'webhook_queue',
    'webhook_history', 'webhook_attempts', 'webhook_stats_hourly', 'webhook_audit_log',
    'webhook_health', 'webhook_pace'
  ] loop
    execute format('alter table public.%I enable row level security', name);
    execute format('revoke all on public.%I from public, anon, authenticated', name);
    execute format('grant all on public.%I to service_role', name);
  end loop;
end
$$;
revoke all on public.webhook_deliveries from public, anon, authenticated;

grant select, insert, update, delete on public.webhooks to authenticated;
create policy "administrators manage webhooks" on public.webhooks
  for all to authenticated
  using ((select public.is_webhook_admin())) with check ((select public.is_webhook_admin()));

grant select on
  public.webhook_events, public.webhook_queue, public.webhook_history, public.webhook_attempts,
  public.webhook_stats_hourly, public.webhook_audit_log, public.webhook_health, public.webhook_deliveries
to authenticated;
grant select on public.webhook_deliveries to service_role;
create policy "administrators read events" on public.webhook_events
  for select to authenticated using ((select public.is_webhook_admin()));
create policy "administrators read the queue" on public.webhook_queue
  for select to authenticated using ((select public.is_webhook_admin()));
create policy "administrators read the history" on public.webhook_history
  for select to authenticated using ((select public.is_webhook_admin()));
create policy "administrators read attempts" on public.webhook_attempts
  for select to authenticated using ((select public.is_webhook_admin()));
create policy "administrators read statistics" on public.webhook_stats_hourly
  for select to authenticated using ((select public.is_webhook_admin()));
create policy "administrators read health" on public.webhook_health
  for select to authenticated using ((select public.is_webhook_admin()));
create policy "administrators read the audit log" on public.webhook_audit_log
  for select to authenticated using ((select public.is_webhook_admin()));

-- webhook_secrets and webhook_idempotency_keys have no policy: only the verbs reach them.
