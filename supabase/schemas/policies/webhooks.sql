-- Administrators manage webhooks, and write what people may decide; secrets are reached by verbs only.

alter table public.webhooks enable row level security;
revoke all on public.webhooks from public, anon, authenticated;
grant all on public.webhooks to service_role;
grant
  select,
  delete,
  insert (name, url, description, events, headers, status, transform_enabled, transform_script, retry_enabled, max_retries,
    retry_delay, timeout_ms, seed_signature_enabled, body_format, max_in_flight, rate_limit, retry_refusals, conditions,
    ordered, order_waits, stale_retries, skip_own_changes, coalesce_seconds, alert, slug),
  update (name, url, description, events, headers, status, transform_enabled, transform_script, retry_enabled, max_retries,
    retry_delay, timeout_ms, seed_signature_enabled, body_format, max_in_flight, rate_limit, retry_refusals, conditions,
    ordered, order_waits, stale_retries, skip_own_changes, coalesce_seconds, alert, slug)
on public.webhooks to authenticated;
create policy "administrators manage webhooks" on public.webhooks
  for all to authenticated using (((deleted_at is null) and (select public.is_webhook_admin())))
  with check (((deleted_at is null) and (select public.is_webhook_admin())));

alter table public.webhook_secrets enable row level security;
revoke all on public.webhook_secrets from public, anon, authenticated;
grant all on public.webhook_secrets to service_role;

alter table public.webhook_pace enable row level security;
revoke all on public.webhook_pace from public, anon, authenticated;
grant all on public.webhook_pace to service_role;
grant select on public.webhook_pace to authenticated;
create policy "administrators read" on public.webhook_pace
  for select to authenticated using ((select public.is_webhook_admin()));

alter table public.webhook_health enable row level security;
revoke all on public.webhook_health from public, anon, authenticated;
grant all on public.webhook_health to service_role;
grant select on public.webhook_health to authenticated;
create policy "administrators read health" on public.webhook_health
  for select to authenticated using ((select public.is_webhook_admin()));

alter table public.webhook_holds enable row level security;
revoke all on public.webhook_holds from public, anon, authenticated;
grant all on public.webhook_holds to service_role;
grant select on public.webhook_holds to authenticated;
create policy "administrators read" on public.webhook_holds
  for select to authenticated using ((select public.is_webhook_admin()));

alter table public.webhook_marks enable row level security;
revoke all on public.webhook_marks from public, anon, authenticated;
grant all on public.webhook_marks to service_role;
grant select on public.webhook_marks to authenticated;
create policy "administrators read" on public.webhook_marks
  for select to authenticated using ((select public.is_webhook_admin()));

alter table public.webhook_stopped_records enable row level security;
revoke all on public.webhook_stopped_records from public, anon, authenticated;
grant all on public.webhook_stopped_records to service_role;
grant select on public.webhook_stopped_records to authenticated;
create policy "administrators read" on public.webhook_stopped_records
  for select to authenticated using ((select public.is_webhook_admin()));

alter table public.webhook_order_notes enable row level security;
revoke all on public.webhook_order_notes from public, anon, authenticated;
grant all on public.webhook_order_notes to service_role;

alter table public.webhook_record_states enable row level security;
revoke all on public.webhook_record_states from public, anon, authenticated;
grant all on public.webhook_record_states to service_role;

alter table public.webhook_script_versions enable row level security;
revoke all on public.webhook_script_versions from public, anon, authenticated;
grant all on public.webhook_script_versions to service_role;
grant select on public.webhook_script_versions to authenticated;
create policy "administrators read" on public.webhook_script_versions
  for select to authenticated using ((select public.is_webhook_admin()));

alter table public.webhook_script_drafts enable row level security;
revoke all on public.webhook_script_drafts from public, anon, authenticated;
grant all on public.webhook_script_drafts to service_role;
grant select on public.webhook_script_drafts to authenticated;
create policy "administrators read" on public.webhook_script_drafts
  for select to authenticated using ((select public.is_webhook_admin()));

alter table public.webhook_shadow_examples enable row level security;
revoke all on public.webhook_shadow_examples from public, anon, authenticated;
grant all on public.webhook_shadow_examples to service_role;
grant select on public.webhook_shadow_examples to authenticated;
create policy "administrators read" on public.webhook_shadow_examples
  for select to authenticated using ((select public.is_webhook_admin()));
