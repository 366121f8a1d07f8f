-- Files of the CRM, as the API carries them.

create function public.told_row_event() returns json
language sql stable
set search_path = ''
as $$
  select coalesce(nullif(current_setting('devlink.row_event', true), '')::json, '{"event_id": null, "deliveries": 0}')
$$;
comment on function public.told_row_event is
  'The last event { event_id, deliveries } that a source told in this transaction; its id is null where none did.';

create function public.upload_crm_file(nom text, type_mime text, lead_id uuid, content_base64 text) returns json
language plpgsql security invoker
set search_path = ''
as $$
declare
  content bytea;
  stored json;
begin
  -- Base64 of 1 MiB, with room for its line breaks.
  if octet_length(content_base64) > 1500000 then
    raise exception 'request_too_large' using errcode = '22023', hint = 'A file has at most 1 MiB.';
  end if;
  content := decode(content_base64, 'base64');
  perform set_config('devlink.row_event', '', true);
  insert into public.crm_files as f (nom, type_mime, lead_id, taille, contenu)
  values (upload_crm_file.nom, upload_crm_file.type_mime, upload_crm_file.lead_id, octet_length(content), content)
  returning json_build_object('id', f.id, 'lead_id', f.lead_id, 'nom', f.nom, 'type_mime', f.type_mime,
    'taille', f.taille, 'created_at', f.created_at) into stored;
  return json_build_object('file', stored, 'event', public.told_row_event());
end
$$;
comment on function public.upload_crm_file is
  'Stores a file and answers { file, event: { event_id, deliveries } }; the event is the trigger''s.';

create function public.delete_crm_file(id uuid) returns json
language plpgsql security invoker
set search_path = ''
as $$
begin
  perform set_config('devlink.row_event', '', true);
  delete from public.crm_files f where f.id = delete_crm_file.id;
  if not found then
    return null;
  end if;
  return public.told_row_event();
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
comment on function public.crm_file_content is
  'A file to download: { nom, type_mime, content_base64 }; null when there is no such file.';

revoke execute on function public.told_row_event, public.upload_crm_file, public.delete_crm_file, public.crm_file_content
from public, anon, authenticated, service_role;
grant execute on function public.told_row_event, public.upload_crm_file, public.delete_crm_file, public.crm_file_content
to authenticated, service_role;
