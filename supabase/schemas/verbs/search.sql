-- Searching deliveries as a person does: by words of their records and payloads, a phone number, an id.

create function public.find_event_ids(query tsquery, from_id uuid, below uuid, most integer) returns uuid[]
language sql stable security invoker
set search_path = ''
-- By the index of words: a plan that walks the events in their order reads all of them for a word that is rare.
set enable_seqscan = off
set enable_indexscan = off
set enable_indexonlyscan = off
as $$
  select coalesce(array_agg(f.event_id order by f.event_id desc), '{}')
  from (
    select w.event_id from public.webhook_event_words w
    where w.words @@ query and w.event_id >= from_id and w.event_id < below limit most
  ) as f
$$;
comment on function public.find_event_ids is
  'The events between two ids that a query finds, newest first; most of them where there are more, and then any.';

create function public.search_webhook_deliveries(
  words text[], most integer, before_id uuid default null, target uuid default null, statuses text[] default null,
  type text default null, since_id uuid default null, until_id uuid default null, record_id text default null,
  kinds text[] default null, code_from integer default null, code_below integer default null
) returns json
language plpgsql stable security invoker -- the policies decide what the caller sees
set search_path = ''
as $$
declare
  uuid_pattern constant text := '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$';
  longest constant interval := '3 seconds';
  piece constant integer := 2000; -- deliveries that are looked at one by one, in their order
  many constant integer := 20000; -- events that a word may have and still be called rare
  oldest constant uuid := (select w.event_id from public.webhook_event_words w order by w.event_id limit 1);
  -- From there on events may not be indexed yet.
  recent constant uuid := (select public.webhook_uuid_v7_floor(public.webhook_uuid_v7_time(w.event_id) - interval '2 minutes')
    from public.webhook_event_words w order by w.event_id desc limit 1);
  -- An event is a little older than its deliveries.
  begins_at constant uuid := coalesce(public.webhook_uuid_v7_floor(public.webhook_uuid_v7_time(since_id) - interval '1 hour'),
    '00000000-0000-0000-0000-000000000000');
  above uuid := coalesce(before_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  filtered text := concat(
    case when target is not null then ' and d.webhook_id = $2' end,
    case when statuses is not null then ' and d.status = any ($3)' end,
    case when type is not null then ' and d.event_type = $4' end,
    case when since_id is not null then ' and d.id >= $5' end,
    case when until_id is not null then ' and d.id < $6' end,
    case when coalesce(code_from, code_below) is not null or kinds is not null then ' and d.last_error_kind is not null' end,
    case when kinds is not null then ' and d.last_error_kind = any ($11)' end,
    case when code_from is not null then ' and d.last_status_code >= $12' end,
    case when code_below is not null then ' and d.last_status_code < $13' end);
  -- What is not indexed yet is looked at closely only where each part of the words occurs at all.
  matches constant text := '(select coalesce(
      (select w.words @@ $9 from public.webhook_event_words w where w.event_id = d.event_id),
      (select case when strpos(e.payload::text, ''\u'') = 0 and exists (
            select from (select public.webhook_search_fold(concat(e.payload::text, '' '', e.record_label)) as text offset 0) as folded
            cross join unnest($10) as n (needle) where strpos(folded.text, n.needle) = 0)
          then false else public.webhook_event_words(e.payload, e.record_label) @@ $9 end
        from public.webhook_events e where e.id = d.event_id)))';
  query tsquery;
  needles text[] := '{}';
  rest text[] := '{}'; -- words that are no id of ours
  named uuid; -- the event that one of the words names
  word text;
  events uuid[];
  slice uuid[];
  floor_id uuid;
  size integer;
  first integer;
  found jsonb;
  answer jsonb[] := '{}';
begin
  if most between 1 and 1000 is not true then
    raise exception 'validation_failed' using errcode = '22023', hint = 'most is 1 to 1,000.';
  end if;
  if cardinality(words) > 100 or exists (select from unnest(words) as w where char_length(w) > 200) or cardinality(statuses) > 10
    or cardinality(kinds) > 100 or char_length(record_id) > 200 then
    raise exception 'validation_failed' using errcode = '22023',
      hint = 'At most 100 words of 200 characters, 10 statuses, 100 kinds, and a record id of 200 characters.';
  end if;

  foreach word in array words loop
    events := case when lower(word) ~ uuid_pattern then array(
      select d.event_id from public.webhook_deliveries d where d.id = word::uuid
      union all
      select e.id from public.webhook_events e where e.id = word::uuid) end;
    if events[1] is null then
      rest := rest || word;
    else
      named := case when named is null or named = events[1] then events[1] else above end;
      filtered := filtered || case when events[1] <> word::uuid then format(' and d.id = %L', word::uuid) else '' end;
    end if;
  end loop;
  query := public.webhook_search_query(rest, record_id);
  if query is null and named is null then
    return '[]';
  end if;
  if query::text !~ '#' then
    needles := array(select p.part from unnest(rest) as r (word) cross join unnest(public.webhook_search_parts(public.webhook_search_fold(r.word))) as p (part));
  end if;
  if named is not null then
    execute concat('select coalesce(jsonb_agg(f.row), ''[]'') from (
        select to_jsonb(d) - ''payload_text'' as row from public.webhook_deliveries d
        where d.event_id = $8 and d.id < $1', filtered, case when query is not null then ' and ' || matches end, ' order by d.id desc limit $7) as f')
    into found
    using above, target, statuses, type, since_id, until_id, most, named, query, needles, kinds, code_from, code_below;
    return found;
  end if;

  loop
    -- The next deliveries, whatever is in them.
    execute concat('select (array_agg(p.id order by p.id))[1], count(*) from (select d.id from public.webhook_deliveries d where d.id < $1', filtered,
      ' order by d.id desc limit $7) as p')
    into floor_id, size
    using above, target, statuses, type, since_id, until_id, piece, null, null, null, kinds, code_from, code_below;
    execute concat('select coalesce(jsonb_agg(f.row), ''[]'') from (
        select to_jsonb(d) - ''payload_text'' as row from public.webhook_deliveries d
        where d.id >= $8 and d.id < $1', filtered, ' and ', matches, ' order by d.id desc limit $7) as f')
    into found
    using above, target, statuses, type, since_id, until_id, most, floor_id, query, needles, kinds, code_from, code_below;
    answer := array(
      select d.row from (select unnest(answer) union select jsonb_array_elements(found)) as d (row)
      order by d.row ->> 'id' desc limit most);
    if size < piece or cardinality(answer) = most then
      return array_to_json(answer);
    end if;
    above := floor_id;

    -- Where there are few, those that the index of words knows.
    if events is null and jsonb_array_length(found) < piece / 200 and above <= recent and above > oldest then
      events := public.find_event_ids(query, greatest(begins_at::text, oldest::text)::uuid, above, many);
      first := 1;
      size := 2 * most;
      while cardinality(events) < many and first <= cardinality(events) loop
        slice := events[first : first + size - 1];
        execute concat('select coalesce(jsonb_agg(f.row), ''[]'') from (
            select to_jsonb(d) - ''payload_text'' as row from public.webhook_deliveries d
            where d.event_id = any ($8) and d.id >= $9 and d.id < $1', filtered, ' order by d.id desc limit $7) as f')
        into found
        using above, target, statuses, type, since_id, until_id, most, slice,
          public.webhook_uuid_v7_floor(public.webhook_uuid_v7_time(slice[cardinality(slice)])), null, kinds, code_from, code_below;
        answer := array(
          select d.row from (select unnest(answer) union select jsonb_array_elements(found)) as d (row)
          order by d.row ->> 'id' desc limit most);
        first := first + size;
        size := 2 * size;
        -- In the order of their events, but for those of events that were made at the same time.
        if cardinality(answer) = most and (answer[most] ->> 'id')::uuid
            > public.webhook_uuid_v7_floor(public.webhook_uuid_v7_time(slice[cardinality(slice)]) + interval '10 seconds') then
          return array_to_json(answer);
        end if;
        exit when clock_timestamp() - statement_timestamp() > longest;
      end loop;
      if first > cardinality(events) and cardinality(events) < many then
        if cardinality(answer) = most or not exists (select from public.webhook_events e where e.id < oldest and e.id >= begins_at) then
          return array_to_json(answer);
        end if;
        above := public.webhook_uuid_v7_floor(public.webhook_uuid_v7_time(oldest) + interval '10 seconds');
      end if;
    end if;
    if clock_timestamp() - statement_timestamp() > longest then
      raise exception 'search_too_long' using errcode = '22023', hint = 'Narrow it by a period, a webhook, a status or a type.';
    end if;
  end loop;
end
$$;
comment on function public.search_webhook_deliveries is
  'Deliveries, newest first, of events in whose payload or label every word occurs, or begins a word from three characters on, in any order, whatever case and accents; phone numbers as people write them; a UUID also finds the delivery or the event with that id. record_id: of that record only, words may be none then. kinds, code_from, code_below: of the last failure, and of its answer. Words are text, not patterns. After 3 s without an end: search_too_long.';

revoke execute on function public.find_event_ids, public.search_webhook_deliveries
from public, anon, authenticated, service_role;
grant execute on function public.find_event_ids, public.search_webhook_deliveries
to authenticated, service_role;
