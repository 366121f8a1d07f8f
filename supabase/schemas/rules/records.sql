-- The record that an event is about: its id, what people call it, and the lead that it belongs to.

create function public.webhook_payload_text(payload json, name text) returns text
language plpgsql immutable parallel safe
set search_path = ''
as $$
begin
  return case when json_typeof(payload -> name) in ('string', 'number') then left(btrim(payload ->> name), 200) end;
exception when others then
  return null; -- such as U+0000, which SQL may have stored
end
$$;
comment on function public.webhook_payload_text is
  'A text or number of a payload''s first level, at most 200 characters; null where there is none.';

create function public.webhook_record_label(event_type text, payload json) returns text
language sql immutable parallel safe
set search_path = ''
as $$
  select nullif(case split_part(event_type, '.', 1)
    when 'lead' then concat_ws(' ', nullif(public.webhook_payload_text(payload, 'prenom'), ''), public.webhook_payload_text(payload, 'nom'))
    when 'appointment' then public.webhook_payload_text(payload, 'titre')
    when 'file' then public.webhook_payload_text(payload, 'nom')
    when 'webhook' then public.webhook_payload_text(payload, 'name')
  end, '')
$$;
comment on function public.webhook_record_label is
  'What people call the record of an event, from its payload, such as Chloé Lefèvre; null where the payload does not say.';

revoke execute on function public.webhook_payload_text, public.webhook_record_label
from public, anon, authenticated, service_role;
grant execute on function public.webhook_payload_text, public.webhook_record_label
to authenticated, service_role;
