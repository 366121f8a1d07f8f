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
language plpgsql stable parallel safe
set search_path = ''
as $$
begin
  return (
    select nullif(string_agg(nullif(public.webhook_payload_text(payload, p.name), ''), ' ' order by p.n), '')
    from public.webhook_event_types t cross join lateral unnest(t.label_paths) with ordinality as p (name, n)
    where t.name = event_type);
end
$$;
comment on function public.webhook_record_label is
  'What people call the record of an event, such as Chloé Lefèvre: the fields of its payload that its type''s label_paths name; null where there are none.';

revoke execute on function public.webhook_payload_text, public.webhook_record_label
from public, anon, authenticated, service_role;
grant execute on function public.webhook_payload_text, public.webhook_record_label
to authenticated, service_role;
