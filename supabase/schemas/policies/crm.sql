-- Members and administrators share the CRM. Ids and times are the database's; a file is never rewritten.

alter table public.crm_leads enable row level security;
revoke all on public.crm_leads from public, anon, authenticated;
grant all on public.crm_leads to service_role;
grant
  select,
  delete,
  insert (nom, prenom, email, telephone, statut),
  update (nom, prenom, email, telephone, statut)
on public.crm_leads to authenticated;
create policy "members share the CRM" on public.crm_leads
  for all to authenticated using ((select public.is_webhook_member()))
  with check ((select public.is_webhook_member()));

alter table public.crm_appointments enable row level security;
revoke all on public.crm_appointments from public, anon, authenticated;
grant all on public.crm_appointments to service_role;
grant
  select,
  delete,
  insert (lead_id, titre, debut, fin, lieu),
  update (lead_id, titre, debut, fin, lieu, statut, motif)
on public.crm_appointments to authenticated;
create policy "members share the CRM" on public.crm_appointments
  for all to authenticated using ((select public.is_webhook_member()))
  with check ((select public.is_webhook_member()));

alter table public.crm_files enable row level security;
revoke all on public.crm_files from public, anon, authenticated;
grant all on public.crm_files to service_role;
grant select, delete, insert (lead_id, nom, type_mime, taille, contenu) on public.crm_files to authenticated;
create policy "members share the CRM" on public.crm_files
  for all to authenticated using ((select public.is_webhook_member()))
  with check ((select public.is_webhook_member()));
