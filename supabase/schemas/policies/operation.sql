-- Administrators read how the system works.

alter table public.webhook_jobs enable row level security;
revoke all on public.webhook_jobs from public, anon, authenticated;
grant all on public.webhook_jobs to service_role;
grant select on public.webhook_jobs to authenticated;
create policy "administrators read" on public.webhook_jobs
  for select to authenticated using ((select public.is_webhook_admin()));

alter table public.webhook_chores enable row level security;
revoke all on public.webhook_chores from public, anon, authenticated;
grant all on public.webhook_chores to service_role;
grant select on public.webhook_chores to authenticated;
create policy "administrators read" on public.webhook_chores
  for select to authenticated using ((select public.is_webhook_admin()));

alter table public.webhook_workers enable row level security;
revoke all on public.webhook_workers from public, anon, authenticated;
grant all on public.webhook_workers to service_role;
grant select on public.webhook_workers to authenticated;
create policy "administrators read" on public.webhook_workers
  for select to authenticated using ((select public.is_webhook_admin()));

alter table public.webhook_audit_log enable row level security;
revoke all on public.webhook_audit_log from public, anon, authenticated;
grant all on public.webhook_audit_log to service_role;
grant select on public.webhook_audit_log to authenticated;
create policy "administrators read the audit log" on public.webhook_audit_log
  for select to authenticated using ((select public.is_webhook_admin()));

alter table public.webhook_troubles enable row level security;
revoke all on public.webhook_troubles from public, anon, authenticated;
grant all on public.webhook_troubles to service_role;

alter table public.webhook_failure_causes enable row level security;
revoke all on public.webhook_failure_causes from public, anon, authenticated;
grant all on public.webhook_failure_causes to service_role;

alter table public.webhook_alert_messages enable row level security;
revoke all on public.webhook_alert_messages from public, anon, authenticated;
grant all on public.webhook_alert_messages to service_role;
