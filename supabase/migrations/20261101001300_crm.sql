-- The small CRM from which events come. Members and administrators share everything in it.

create table public.crm_leads (
  id uuid primary key default public.webhook_uuid_v7(),
  nom text not null check (char_length(nom) between 1 and 120),
  prenom text not null default '' check (char_length(prenom) <= 120),
  email text not null default '' check (char_length(email) <= 254),
  telephone text not null default '' check (char_length(telephone) <= 40),
  statut text not null default 'nouveau' check (statut in ('nouveau', 'contacte', 'qualifie', 'gagne', 'perdu')),
  created_at timestamptz not null default now()
);
comment on table public.crm_leads is 'Leads. The browser triggers their events with triggerWebhooks.';

create table public.crm_appointments (
  id uuid primary key default public.webhook_uuid_v7(),
  lead_id uuid references public.crm_leads (id) on delete set null,
  titre text not null check (char_length(titre) between 1 and 200),
  debut timestamptz not null,
  fin timestamptz not null,
  lieu text not null default '' check (char_length(lieu) <= 200),
  statut text not null default 'planifie' check (statut in ('planifie', 'annule')),
  motif text not null default '' check (char_length(motif) <= 500),
  created_at timestamptz not null default now(),
  check (fin > debut)
);
comment on table public.crm_appointments is 'Appointments. Route handlers trigger their events with webhookService.';

create table public.crm_files (
  id uuid primary key default public.webhook_uuid_v7(),
  lead_id uuid references public.crm_leads (id) on delete set null,
  nom text not null check (char_length(nom) between 1 and 255),
  type_mime text not null default 'application/octet-stream' check (char_length(type_mime) <= 127),
  taille integer not null check (taille between 0 and 1048576),
  contenu bytea not null check (octet_length(contenu) <= 1048576),
  created_at timestamptz not null default now()
);
comment on table public.crm_files is 'Files of at most 1 MiB. A trigger of this table emits their events in the same transaction.';

create function public.after_crm_file_change() returns trigger
language plpgsql security invoker
set search_path = ''
as $$
declare
  emitted json;
begin
  if tg_op = 'INSERT' then
    emitted := public.emit_webhook_event('file.uploaded', json_build_object(
      'id', new.id, 'lead_id', new.lead_id, 'nom', new.nom, 'type_mime', new.type_mime, 'taille', new.taille, 'created_at', new.created_at));
  else
    emitted := public.emit_webhook_event('file.deleted', json_build_object(
      'id', old.id, 'lead_id', old.lead_id, 'nom', old.nom));
  end if;
  -- A trigger answers nothing: the verbs below read what was emitted from here, within the transaction.
  perform set_config('devlink.crm_file_event', emitted::text, true);
  return null;
end
$$;
comment on function public.after_crm_file_change is 'The outbox: the file and its event are committed together or not at all.';
create trigger after_crm_file_change after insert or delete on public.crm_files
  for each row execute function public.after_crm_file_change();

do $$
declare
  name text;
begin
  foreach name in array array['crm_leads', 'crm_appointments', 'crm_files'] loop
    execute format('alter table public.%I enable row level security', name);
    execute format('revoke all on public.%I from public, anon, authenticated', name);
    execute format('grant select, insert, update, delete on public.%I to authenticated', name);
    execute format('grant all on public.%I to service_role', name);
    execute format('create policy "members share the CRM" on public.%I for all to authenticated
      using ((select public.is_webhook_member())) with check ((select public.is_webhook_member()))', name);
  end loop;
end
$$;

create function public.upload_crm_file(nom text, type_mime text, lead_id uuid, content_base64 text) returns json
language plpgsql security invoker
set search_path = ''
as $$
declare
  content bytea := decode(content_base64, 'base64');
  stored json;
begin
  insert into public.crm_files as f (nom, type_mime, lead_id, taille, contenu)
  values (upload_crm_file.nom, upload_crm_file.type_mime, upload_crm_file.lead_id, octet_length(content), content)
  returning json_build_object('id', f.id, 'lead_id', f.lead_id, 'nom', f.nom, 'type_mime', f.type_mime,
    'taille', f.taille, 'created_at', f.created_at) into stored;
  return json_build_object('file', stored, 'event', current_setting('devlink.crm_file_event')::json);
end
$$;
comment on function public.upload_crm_file is
  'Stores a file and answers { file, event: { event_id, deliveries } }; the event is the trigger''s.';

create function public.delete_crm_file(id uuid) returns json
language plpgsql security invoker
set search_path = ''
as $$
begin
  delete from public.crm_files f where f.id = delete_crm_file.id;
  if not found then
    return null;
  end if;
  return current_setting('devlink.crm_file_event')::json;
end
$$;
comment on function public.delete_crm_file is
  'Deletes a file and answers its event { event_id, deliveries }; null when there is no such file.';

create function public.crm_file_content(id uuid) returns json
language sql stable security invoker
set search_path = ''
as $$
  select json_build_object('nom', f.nom, 'type_mime', f.type_mime, 'content_base64', encode(f.contenu, 'base64'))
  from public.crm_files f where f.id = crm_file_content.id
$$;
comment on function public.crm_file_content is 'A file to download: { nom, type_mime, content_base64 }; null when there is no such file.';

revoke execute on function public.after_crm_file_change, public.upload_crm_file, public.delete_crm_file, public.crm_file_content
from public, anon, authenticated;
grant execute on function public.upload_crm_file, public.delete_crm_file, public.crm_file_content
to authenticated, service_role;
