-- Administrators use the playground; what an inbox received is written by the service, and read or forgotten by them.

alter table public.playground_inboxes enable row level security;
revoke all on public.playground_inboxes from public, anon, authenticated;
grant all on public.playground_inboxes to service_role;
grant select, delete, insert (name, behaviour), update (name, behaviour) on public.playground_inboxes to authenticated;
create policy "administrators use the playground" on public.playground_inboxes
  for all to authenticated using ((select public.is_webhook_admin()))
  with check ((select public.is_webhook_admin()));

alter table public.playground_requests enable row level security;
revoke all on public.playground_requests from public, anon, authenticated;
grant all on public.playground_requests to service_role;
grant select, delete on public.playground_requests to authenticated;
create policy "administrators use the playground" on public.playground_requests
  for all to authenticated using ((select public.is_webhook_admin()))
  with check ((select public.is_webhook_admin()));
