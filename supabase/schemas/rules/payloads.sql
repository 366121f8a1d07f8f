-- Payloads: as they are compared, searched and told.

create function public.webhook_jsonb(payload json) returns jsonb
language plpgsql immutable parallel safe
set search_path = ''
as $$
begin
  return payload::jsonb;
exception when others then
  return null; -- such as a number beyond numeric
end
$$;
comment on function public.webhook_jsonb is
  'The value of a payload, whatever its spaces and order of keys; null where jsonb cannot hold it.';

create function public.webhook_json_is_deep(payload json) returns boolean
language plpgsql immutable parallel safe
set search_path = ''
as $$
declare
  rest text := payload::text;
begin
  -- 201 levels take 201 brackets to open and as many to close.
  if octet_length(rest) < 402 or octet_length(rest) - octet_length(translate(rest, '[{', '')) < 201 then
    return false;
  end if;
  -- Outside of strings, JSON is brackets and these characters.
  select translate(string_agg(part, ''), E'} \t\n\r0123456789+-.eEtrufalsn,:', ']') into rest
  from string_to_table(replace(replace(rest, '\\', ''), '\"', ''), '"') with ordinality as p (part, n)
  where n % 2 = 1;
  rest := replace(rest, '{', '[');
  -- Each round takes the innermost pairs away, one level at least.
  for level in 1 .. 200 loop
    rest := replace(rest, '[]', '');
    exit when rest = '';
  end loop;
  return rest <> '';
end
$$;
comment on function public.webhook_json_is_deep is
  'True when arrays and objects are nested more than 200 deep. Mirrors lib/domain/payloadJson.ts. Costs a text without 201 brackets next to nothing.';

create function public.webhook_readable_json(payload text) returns text
language plpgsql immutable parallel safe
set search_path = ''
as $$
declare
  readable text := payload;
begin
  if strpos(payload, '\u') > 0 then
    -- jsonb holds characters, not escapes; but for " \ and control characters.
    readable := coalesce(public.webhook_jsonb(payload::json)::text, payload);
  end if;
  -- Between escaped backslashes, a backslash begins an escape.
  return (
    select string_agg(replace(replace(regexp_replace(part, '\\[ntrbf]', ' ', 'g'), '\"', '"'), '\/', '/'), '\' order by n)
    from string_to_table(readable, '\\') with ordinality as p (part, n)
  );
end
$$;
comment on function public.webhook_readable_json is
  'The text of a payload without the escapes of JSON: é for \u00e9, " for \", a space for a line break. For search, not for parsing.';

create function public.webhook_event_digest(event_type text, payload json) returns bytea
language sql immutable parallel safe
set search_path = ''
as $$
  select sha256(convert_to(event_type || ' ' || coalesce(public.webhook_jsonb(payload)::text, payload::text), 'UTF8'))
$$;
comment on function public.webhook_event_digest is
  'The same for one event type and payload, whatever the spaces and the order of keys.';

create function public.webhook_iso_time(at timestamptz) returns text
language sql immutable parallel safe
set search_path = ''
as $$
  select case when isfinite(at) then to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') else at::text end
$$;
comment on function public.webhook_iso_time is
  'A moment as payloads carry it: ISO 8601 in UTC, to the millisecond.';

create function public.webhook_record_key(id text) returns text
language sql immutable parallel safe
return case when octet_length(id) <= 500 then id else md5(id) end;
comment on function public.webhook_record_key is
  'A record''s id as an index can hold it.';

revoke execute on function public.webhook_jsonb, public.webhook_json_is_deep, public.webhook_readable_json,
  public.webhook_event_digest, public.webhook_iso_time, public.webhook_record_key
from public, anon, authenticated, service_role;
grant execute on function public.webhook_jsonb, public.webhook_readable_json
to authenticated, service_role;
-- Jobs run as the service.
grant execute on function public.webhook_record_key
to service_role;
