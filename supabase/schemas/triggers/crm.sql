-- The CRM tables tell their changes themselves, in the transaction of the change, whoever writes.

create function public.after_crm_leads_change() returns trigger
language plpgsql security definer -- people may not emit as rows do
set search_path = ''
as $$
begin
  case tg_op
    when 'INSERT' then
      perform public.tell_row_events(array(
        select json_build_object('event_type', 'lead.created', 'payload', json_build_object('id', r.id, 'nom', r.nom, 'prenom', r.prenom,
          'email', r.email, 'telephone', r.telephone, 'statut', r.statut, 'created_at', public.webhook_iso_time(r.created_at)))
        from new_rows r));
    when 'DELETE' then
      perform public.tell_row_events(array(
        select json_build_object('event_type', 'lead.deleted', 'payload', json_build_object('id', r.id, 'nom', r.nom, 'prenom', r.prenom,
          'email', r.email))
        from old_rows r));
    else
      perform public.tell_row_events(array(
        select event.told
        from (select row_number() over () as n, r.* from new_rows r) as r
        join old_rows o on o.id = r.id
        cross join lateral (select public.webhook_changes(
          json_build_object('nom', o.nom, 'prenom', o.prenom, 'email', o.email, 'telephone', o.telephone, 'statut', o.statut),
          json_build_object('nom', r.nom, 'prenom', r.prenom, 'email', r.email, 'telephone', r.telephone, 'statut', r.statut)) as changes
          ) as diff
        cross join lateral (
          select 1 as place, json_build_object('event_type', 'lead.updated', 'payload', json_build_object('id', r.id, 'changes', diff.changes)) as told
          where diff.changes is not null
          union all
          select 2, json_build_object('event_type', 'lead.status_changed', 'payload', json_build_object('id', r.id,
            'ancien_statut', o.statut, 'nouveau_statut', r.statut))
          where r.statut <> o.statut) as event
        order by r.n, event.place));
  end case;
  return null;
end
$$;
comment on function public.after_crm_leads_change is
  'Leads tell their changes: lead.created, updated, status_changed, deleted.';

create function public.after_crm_appointments_change() returns trigger
language plpgsql security definer -- people may not emit as rows do
set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    perform public.tell_row_events(array(
      select json_build_object('event_type', 'appointment.created', 'payload', json_build_object('id', r.id, 'lead_id', r.lead_id,
        'titre', r.titre, 'debut', public.webhook_iso_time(r.debut), 'fin', public.webhook_iso_time(r.fin), 'lieu', r.lieu, 'statut', r.statut))
      from new_rows r));
    return null;
  end if;
  perform public.tell_row_events(array(
    select event.told
    from (select row_number() over () as n, r.* from new_rows r) as r
    join old_rows o on o.id = r.id
    cross join lateral (select r.statut = 'annule' and o.statut <> 'annule' as cancelled) as c
    cross join lateral (select public.webhook_changes(
      json_build_object('titre', o.titre, 'lead_id', o.lead_id, 'debut', public.webhook_iso_time(o.debut), 'fin', public.webhook_iso_time(o.fin),
        'lieu', o.lieu, 'statut', case when c.cancelled then r.statut else o.statut end, 'motif', case when c.cancelled then r.motif else o.motif end),
      json_build_object('titre', r.titre, 'lead_id', r.lead_id, 'debut', public.webhook_iso_time(r.debut), 'fin', public.webhook_iso_time(r.fin),
        'lieu', r.lieu, 'statut', r.statut, 'motif', r.motif)) as changes
      ) as diff
    cross join lateral (
      select 1 as place, json_build_object('event_type', 'appointment.updated', 'payload', json_build_object('id', r.id, 'changes', diff.changes)) as told
      where diff.changes is not null
      union all
      select 2, json_build_object('event_type', 'appointment.cancelled', 'payload', json_build_object('id', r.id,
        'motif', r.motif, 'annule_le', public.webhook_iso_time(now())))
      where c.cancelled) as event
    order by r.n, event.place));
  return null;
end
$$;
comment on function public.after_crm_appointments_change is
  'Appointments tell their changes: appointment.created, updated, cancelled. What a cancellation says by itself is no update besides; a deletion has no event in the catalogue.';

create function public.after_crm_files_change() returns trigger
language plpgsql security definer -- people may not emit as rows do
set search_path = ''
as $$
declare
  told json;
begin
  if tg_op = 'INSERT' then
    told := public.tell_row_events(array(
      select json_build_object('event_type', 'file.uploaded', 'payload', json_build_object('id', r.id, 'lead_id', r.lead_id, 'nom', r.nom,
        'type_mime', r.type_mime, 'taille', r.taille, 'created_at', public.webhook_iso_time(r.created_at)))
      from new_rows r));
  else
    told := public.tell_row_events(array(
      select json_build_object('event_type', 'file.deleted', 'payload', json_build_object('id', r.id, 'lead_id', r.lead_id, 'nom', r.nom))
      from old_rows r));
  end if;
  -- A trigger answers nothing: upload_crm_file and delete_crm_file read what was told from here, within the transaction.
  perform set_config('devlink.crm_file_event', coalesce((told -> -1)::text, ''), true);
  return null;
end
$$;
comment on function public.after_crm_files_change is
  'Files tell their changes: file.uploaded, file.deleted.';

revoke execute on function public.after_crm_leads_change, public.after_crm_appointments_change, public.after_crm_files_change
from public, anon, authenticated, service_role;

create trigger after_crm_appointments_insert after insert on public.crm_appointments
  referencing new table as new_rows for each statement execute function public.after_crm_appointments_change();
create trigger after_crm_appointments_update after update on public.crm_appointments
  referencing old table as old_rows new table as new_rows for each statement execute function public.after_crm_appointments_change();
create trigger after_crm_files_delete after delete on public.crm_files
  referencing old table as old_rows for each statement execute function public.after_crm_files_change();
create trigger after_crm_files_insert after insert on public.crm_files
  referencing new table as new_rows for each statement execute function public.after_crm_files_change();
create trigger after_crm_leads_delete after delete on public.crm_leads
  referencing old table as old_rows for each statement execute function public.after_crm_leads_change();
create trigger after_crm_leads_insert after insert on public.crm_leads
  referencing new table as new_rows for each statement execute function public.after_crm_leads_change();
create trigger after_crm_leads_update after update on public.crm_leads
  referencing old table as old_rows new table as new_rows for each statement execute function public.after_crm_leads_change();
