-- Members read the registry of event types, administrators write it; what the system emits itself is the system's. Sources are
-- attached in SQL.

alter table public.webhook_event_types enable row level security;
revoke all on public.webhook_event_types from public, anon, authenticated;
grant all on public.webhook_event_types to service_role;
grant
  select,
  insert (name, labels, descriptions, schema, schema_mode, sample, label_paths),
  update (labels, descriptions, schema, schema_mode, sample, label_paths, deprecated_at)
on public.webhook_event_types to authenticated;
create policy "members read, administrators write" on public.webhook_event_types
  for all to authenticated using ((select public.is_webhook_member()))
  with check ((not public.webhook_event_is_system(name)) and (select public.is_webhook_admin()));

alter table public.webhook_sources enable row level security;
revoke all on public.webhook_sources from public, anon, authenticated;
grant all on public.webhook_sources to service_role;
grant select on public.webhook_sources to authenticated;
create policy "administrators read" on public.webhook_sources
  for select to authenticated using ((select public.is_webhook_admin()));

alter table public.webhook_source_rules enable row level security;
revoke all on public.webhook_source_rules from public, anon, authenticated;
grant all on public.webhook_source_rules to service_role;
grant select on public.webhook_source_rules to authenticated;
create policy "administrators read" on public.webhook_source_rules
  for select to authenticated using ((select public.is_webhook_admin()));
