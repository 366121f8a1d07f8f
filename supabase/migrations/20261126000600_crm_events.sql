-- The three CRM tables tell their changes themselves, in the transaction of the change, whoever writes: the console, the API,
-- REST, SQL. One call for each 1,000 events of a statement, in the order of its rows.

create function public.tell_row_events(events json[]) returns json
language plpgsql security invoker -- called by triggers, as their owner: whoever may write the row makes its event
set search_path = ''
as $$
declare
  told json;
begin
  for start in 1 .. coalesce(cardinality(events), 0) by 1000 loop
    told := public.store_webhook_events(array_to_json(events[start : start + 999]), true);
  end loop;
  return told;
end
$$;
comment on function public.tell_row_events is
  'Commits the events of a statement, [{ event_type, payload }], with its rows. For triggers. Answers what the last 1,000 became: [{ event_id, deliveries }]; null without events.';

create function public.webhook_iso_time(at timestamptz) returns text
language sql immutable parallel safe
set search_path = ''
as $$
  select case when isfinite(at) then to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') else at::text end
$$;
comment on function public.webhook_iso_time is 'A moment as payloads carry it: ISO 8601 in UTC, to the millisecond.';

create function public.webhook_changes(before json, after json) returns json
language sql immutable parallel safe
set search_path = ''
as $$
  select json_object_agg(a.key, a.value order by a.n)
  from json_each(after) with ordinality as a (key, value, n)
  where a.value::text is distinct from (before -> a.key)::text
$$;
comment on function public.webhook_changes is 'The fields of a row''s payload that have another value than before; null when none has.';

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
comment on function public.after_crm_leads_change is 'Leads tell their changes: lead.created, updated, status_changed, deleted.';

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
comment on function public.after_crm_files_change is 'Files tell their changes: file.uploaded, file.deleted.';

drop trigger after_crm_file_change on public.crm_files;
drop function public.after_crm_file_change;

create trigger after_crm_leads_insert after insert on public.crm_leads
  referencing new table as new_rows for each statement execute function public.after_crm_leads_change();
create trigger after_crm_leads_update after update on public.crm_leads
  referencing old table as old_rows new table as new_rows for each statement execute function public.after_crm_leads_change();
create trigger after_crm_leads_delete after delete on public.crm_leads
  referencing old table as old_rows for each statement execute function public.after_crm_leads_change();
create trigger after_crm_appointments_insert after insert on public.crm_appointments
  referencing new table as new_rows for each statement execute function public.after_crm_appointments_change();
create trigger after_crm_appointments_update after update on public.crm_appointments
  referencing old table as old_rows new table as new_rows for each statement execute function public.after_crm_appointments_change();
create trigger after_crm_files_insert after insert on public.crm_files
  referencing new table as new_rows for each statement execute function public.after_crm_files_change();
create trigger after_crm_files_delete after delete on public.crm_files
  referencing old table as old_rows for each statement execute function public.after_crm_files_change();

comment on table public.crm_leads is 'Leads. They tell their changes themselves, in the transaction of the change.';
comment on table public.crm_appointments is 'Appointments. They tell their changes themselves, in the transaction of the change.';
comment on table public.crm_files is 'Files of at most 1 MiB. They tell their changes themselves, in the transaction of the change.';

revoke execute on function public.tell_row_events, public.webhook_iso_time, public.webhook_changes, public.after_crm_leads_change,
  public.after_crm_appointments_change, public.after_crm_files_change
from public, anon, authenticated;
