-- Searching deliveries by the words of their payload, as a person reads and writes them.

create function public.search_webhook_deliveries(
  words text[], most integer, before_id uuid default null, target uuid default null, statuses text[] default null,
  type text default null, since_id uuid default null, until_id uuid default null
) returns json
language plpgsql stable security invoker -- the policies decide what the caller sees
set search_path = ''
as $$
declare
  -- Both ways to write an accented letter in Unicode, as it may be stored either way.
  composed constant text[] := array(select lower(normalize(w, NFC)) from unnest(words) as w where w <> '');
  decomposed constant text[] := array(select lower(normalize(w, NFD)) from unnest(words) as w where w <> '');
  uuid_pattern constant text := '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$';
  longest constant interval := '3 seconds';
  piece constant integer := 2000;
  filtered constant text := concat(
    case when target is not null then ' and d.webhook_id = $3' end,
    case when statuses is not null then ' and d.status = any ($4)' end,
    case when type is not null then ' and d.event_type = $5' end,
    case when since_id is not null then ' and d.id >= $6' end,
    case when until_id is not null then ' and d.id < $7' end);
  every_word text := '';
  above uuid := before_id;
  floor_id uuid;
  size integer;
  found json;
  everything json[] := '{}';
  still integer := most;
begin
  if most between 1 and 1000 is not true then
    raise exception 'validation_failed' using errcode = '22023', hint = 'most is 1 to 1,000.';
  end if;
  if cardinality(words) > 100 or exists (select from unnest(words) as w where char_length(w) > 200) or cardinality(statuses) > 10 then
    raise exception 'validation_failed' using errcode = '22023', hint = 'At most 100 words of 200 characters, and 10 statuses.';
  end if;
  -- Text of fixed pieces; every value is a parameter. Planned for these values and no others.
  if cardinality(composed) = 1 and composed[1] ~ uuid_pattern then
    execute concat('select json_agg(to_jsonb(d) - ''payload_text'') from public.webhook_deliveries d where d.id = $1',
      case when before_id is not null then ' and d.id < $2' end, filtered)
    into found
    using composed[1]::uuid, before_id, target, statuses, type, since_id, until_id;
    if found is not null then
      return found;
    end if;
  end if;
  for i in 1 .. cardinality(composed) loop
    every_word := every_word || concat(
      format(' and (strpos(readable.payload, $1[%s]) > 0', i),
      case when decomposed[i] <> composed[i] then format(' or strpos(readable.payload, $8[%s]) > 0', i) end,
      case when composed[i] ~ uuid_pattern then format(' or d.id = $1[%s]::uuid or d.event_id = $1[%1$s]::uuid', i) end,
      ')');
  end loop;
  loop
    execute concat('select (array_agg(id order by id))[1], count(*) from (select d.id from public.webhook_deliveries d where true',
      case when above is not null then ' and d.id < $2' end, filtered, ' order by d.id desc limit $1) as p')
    into floor_id, size
    using piece, above, target, statuses, type, since_id, until_id;
    exit when size = 0;
    execute concat('select json_agg(to_jsonb(d) - ''payload_text''), count(*) from (
        select d.* from public.webhook_deliveries d
        cross join lateral (select lower(case when strpos(d.payload_text, ''\'') = 0 then d.payload_text
          else public.webhook_readable_json(d.payload_text) end) as payload offset 0) as readable
        where d.id >= $10', case when above is not null then ' and d.id < $2' end, every_word, filtered, '
        order by d.id desc limit $9) as d')
    into found, size
    using composed, above, target, statuses, type, since_id, until_id, decomposed, still, floor_id;
    if found is not null then
      everything := everything || array(select json_array_elements(found));
    end if;
    still := still - size;
    exit when still <= 0;
    if clock_timestamp() - statement_timestamp() > longest then
      raise exception 'search_too_long' using errcode = '22023', hint = 'Narrow it by a period, a webhook, a status or a type.';
    end if;
    above := floor_id;
  end loop;
  return array_to_json(everything);
end
$$;
comment on function public.search_webhook_deliveries is
  'Deliveries, newest first, in whose payload every word occurs, in any order, whatever the case; a UUID also finds the delivery or the event with that id. Words are text, not patterns. After 3 s without an end: search_too_long.';

revoke execute on function public.search_webhook_deliveries
from public, anon, authenticated, service_role;
grant execute on function public.search_webhook_deliveries
to authenticated, service_role;
