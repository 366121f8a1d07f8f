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

create function public.walk_event_ids(
  query tsquery, needles text[], from_id uuid, below uuid, piece integer, out ids uuid[], out reached uuid
)
language plpgsql stable security invoker
set search_path = ''
-- By their ids: a plan is kept, and was made when there was little to read.
set enable_seqscan = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  looked_at constant uuid[] := array(
    select e.id from public.webhook_events e where e.id >= from_id and e.id < below order by e.id desc limit piece);
begin
  ids := array(
    select k.id from unnest(looked_at) as k (id)
    left join public.webhook_event_words w on w.event_id = k.id
    where case when w.event_id is not null then w.words @@ query else (
        -- Not indexed yet: looked at closely only where each part of the words occurs at all.
        select case when strpos(e.payload::text, '\u') = 0 and exists (
            select from (select public.webhook_search_fold(concat(e.payload::text, ' ', e.record_label)) as text offset 0) as folded
            cross join unnest(needles) as n (needle) where strpos(folded.text, n.needle) = 0)
          then false else public.webhook_event_words(e.payload, e.record_label) @@ query end
        from public.webhook_events e where e.id = k.id) end
    order by k.id desc);
  if cardinality(looked_at) = piece then
    reached := looked_at[piece];
  end if;
end
$$;
comment on function public.walk_event_ids is
  'The next events below an id, so many of them: those that a query finds, and the last that was looked at, null at the end. For words that many events have, and for events that are not indexed yet.';

create function public.search_webhook_deliveries(
  words text[], most integer, before_id uuid default null, target uuid default null, statuses text[] default null,
  type text default null, since_id uuid default null, until_id uuid default null, record_id text default null
) returns json
language plpgsql stable security invoker -- the policies decide what the caller sees
set search_path = ''
as $$
declare
  uuid_pattern constant text := '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$';
  longest constant interval := '3 seconds';
  piece constant integer := 2000; -- events that are looked at one by one, in their order
  many constant integer := 20000; -- events that a word may have and still be called rare
  -- An event is a little older than its deliveries.
  lowest constant uuid := coalesce(public.webhook_uuid_v7_floor(public.webhook_uuid_v7_time(since_id) - interval '1 hour'),
    '00000000-0000-0000-0000-000000000000');
  oldest constant uuid := (select w.event_id from public.webhook_event_words w order by w.event_id limit 1);
  -- From there on events may not be indexed yet.
  recent constant uuid := (select public.webhook_uuid_v7_floor(public.webhook_uuid_v7_time(w.event_id) - interval '2 minutes')
    from public.webhook_event_words w order by w.event_id desc limit 1);
  below uuid := coalesce(least(before_id::text, until_id::text), 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  filtered text := concat(
    case when before_id is not null then ' and d.id < $3' end,
    case when target is not null then ' and d.webhook_id = $4' end,
    case when statuses is not null then ' and d.status = any ($5)' end,
    case when type is not null then ' and d.event_type = $6' end,
    case when since_id is not null then ' and d.id >= $7' end,
    case when until_id is not null then ' and d.id < $8' end);
  query tsquery;
  needles text[] := '{}';
  rest text[] := '{}'; -- words that are no id of ours
  named uuid; -- the event that one of the words names
  word text;
  candidates uuid[];
  reached uuid;
  walked integer := 0;
  matched integer := 0;
  is_rare boolean := true; -- as far as is known
  first integer;
  slice uuid[];
  more jsonb;
  answer jsonb[] := '{}';
  complete_to uuid; -- of what is newer nothing is missing; null: of nothing
begin
  if most between 1 and 1000 is not true then
    raise exception 'validation_failed' using errcode = '22023', hint = 'most is 1 to 1,000.';
  end if;
  if cardinality(words) > 100 or exists (select from unnest(words) as w where char_length(w) > 200) or cardinality(statuses) > 10
    or char_length(record_id) > 200 then
    raise exception 'validation_failed' using errcode = '22023',
      hint = 'At most 100 words of 200 characters, 10 statuses, and a record id of 200 characters.';
  end if;

  foreach word in array words loop
    candidates := case when lower(word) ~ uuid_pattern then array(
      select d.event_id from public.webhook_deliveries d where d.id = word::uuid
      union all
      select e.id from public.webhook_events e where e.id = word::uuid) end;
    if candidates[1] is null then
      rest := rest || word;
    else
      named := case when named is null or named = candidates[1] then candidates[1] else 'ffffffff-ffff-ffff-ffff-ffffffffffff' end;
      filtered := filtered || case when candidates[1] <> word::uuid then format(' and d.id = %L', word::uuid) else '' end;
    end if;
  end loop;
  query := public.webhook_search_query(rest, record_id);
  if query is null and named is null then
    return '[]';
  end if;
  if public.webhook_search_query(rest)::text !~ '#' then
    needles := array(select distinct p.part from unnest(rest) as r (word) cross join unnest(public.webhook_search_parts(public.webhook_search_fold(r.word))) as p (part));
  end if;

  loop
    if named is not null then
      candidates := case when query is null then array[named]
        else array(select e.id from public.webhook_events e where e.id = named and public.webhook_event_words(e.payload, e.record_label) @@ query) end;
      reached := null;
    elsif is_rare and walked >= piece and matched < piece / 200 and below <= recent and below > oldest then
      candidates := public.find_event_ids(query, greatest(lowest::text, oldest::text)::uuid, below, many);
      is_rare := cardinality(candidates) < many;
      continue when not is_rare;
      reached := case when lowest < oldest then oldest end;
    else
      select w.ids, w.reached into candidates, reached from public.walk_event_ids(query, needles, lowest, below, piece) w;
      walked := walked + piece;
      matched := matched + cardinality(candidates);
    end if;

    -- Their deliveries, a few at first: mostly one page is all that is wanted.
    for chunk in 0 .. 20 loop
      first := 1 + 2 * most * (2 ^ chunk - 1)::integer;
      exit when first > cardinality(candidates) and chunk > 0;
      slice := candidates[first : 2 * most * (2 ^ (chunk + 1) - 1)::integer];
      if slice <> '{}' then
        execute concat('select coalesce(jsonb_agg(f.row), ''[]'') from (
            select to_jsonb(d) - ''payload_text'' as row from public.webhook_deliveries d
            where d.event_id = any ($1) and d.id >= $2', filtered, ' order by d.id desc limit $9) as f')
        into more
        using slice, public.webhook_uuid_v7_floor(public.webhook_uuid_v7_time(slice[cardinality(slice)])),
          before_id, target, statuses, type, since_id, until_id, most;
        answer := array(
          select d.row from (select unnest(answer) union all select jsonb_array_elements(more)) as d (row)
          order by d.row ->> 'id' desc limit most);
      end if;
      complete_to := case when first + cardinality(slice) <= cardinality(candidates) then slice[cardinality(slice)] else reached end;
      -- Deliveries are in the order of their events, but for those of events that were made at the same time.
      if cardinality(answer) = most
        and (complete_to is null or (answer[most] ->> 'id')::uuid > public.webhook_uuid_v7_floor(public.webhook_uuid_v7_time(complete_to) + interval '10 seconds')) then
        return array_to_json(answer);
      end if;
      if clock_timestamp() - statement_timestamp() > longest and complete_to is not null then
        raise exception 'search_too_long' using errcode = '22023', hint = 'Narrow it by a period, a webhook, a status or a type.';
      end if;
    end loop;
    exit when reached is null;
    below := reached;
  end loop;
  return array_to_json(answer);
end
$$;
comment on function public.search_webhook_deliveries is
  'Deliveries, newest first, of events in whose payload or label every word occurs, or begins a word from three characters on, in any order, whatever case and accents; phone numbers as people write them; a UUID also finds the delivery or the event with that id. record_id: of that record only, words may be none then. Words are text, not patterns. After 3 s without an end: search_too_long.';

revoke execute on function public.find_event_ids, public.walk_event_ids, public.search_webhook_deliveries
from public, anon, authenticated, service_role;
grant execute on function public.find_event_ids, public.walk_event_ids, public.search_webhook_deliveries
to authenticated, service_role;
