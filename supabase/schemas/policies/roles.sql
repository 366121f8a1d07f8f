-- Who may do what is written in SQL only.

alter table public.webhook_roles enable row level security;
revoke all on public.webhook_roles from public, anon, authenticated;
grant all on public.webhook_roles to service_role;
grant select on public.webhook_roles to authenticated;
create policy "people read their own role" on public.webhook_roles
  for select to authenticated using ((user_id = (select auth.uid())));
