-- What belongs to a record, records found by name, and their rows as they are now.

drop function public.webhook_search_query(text[], text);
create function public.webhook_search_query(words text[], record_id text default null, related_id text default null) returns tsquery
language plpgsql immutable parallel safe
set search_path = ''
as $$
declare
  terms text[] := '{}';
  run text := ''; -- words of digits, which may be one phone number together
  of_run text[] := '{}';
  term text;
  word text;
begin
  foreach word in array words || array[''] loop
    if run <> '' and word !~ '^[+(]?[0-9][0-9().\/-]*$' then
      term := array_to_string(of_run, ' & ');
      terms := terms || case when public.webhook_search_phone(run) is null then term
        else format('(''%s'' | (%s))', public.webhook_search_phone(run), term) end;
      run := '';
      of_run := '{}';
    end if;
    -- Whole, as an address or a name of a file is written, or its parts, the last of which may go on.
    select case when cardinality(parts) = 1 and parts[1] = whole then public.webhook_search_term(whole)
      when cardinality(parts) > 0 then format('(%s | (%s))', public.webhook_search_term(whole), (
        select string_agg(case when p.n < cardinality(parts) then format('''%s''', left(p.part, 64)) else public.webhook_search_term(p.part) end, ' & ' order by p.n)
        from unnest(parts) with ordinality as p (part, n))) end
    into term
    from (select f.folded as whole, public.webhook_search_parts(f.folded) as parts
      from (select btrim(public.webhook_search_fold(word), '"''()[]{}<>,;:!?.«»“”‘’…') as folded) as f) as w;
    continue when term is null; -- nothing but signs
    if word ~ '^[+(]?[0-9][0-9().\/-]*$' then
      run := run || word;
      of_run := of_run || term;
    else
      terms := terms || term;
    end if;
  end loop;
  if record_id is not null then
    terms := terms || format('''%s''', replace(replace('=' || left(btrim(record_id), 200), '\', '\\'), '''', ''''''));
  end if;
  if related_id is not null then
    terms := terms || format('''%s''', replace(replace('^' || left(btrim(related_id), 200), '\', '\\'), '''', ''''''));
  end if;
  return nullif(array_to_string(terms, ' & '), '')::tsquery;
end
$$;
comment on function public.webhook_search_query is
  'What finds the events in which all of these words occur, and those of a record, and of what belongs to one, where these are named. Null where there is nothing to look for.';

revoke execute on function public.webhook_search_query
from public, anon, authenticated, service_role;
grant execute on function public.webhook_search_query
to authenticated, service_role;

drop function public.list_webhook_events(integer, uuid, text, uuid, uuid, text, boolean);
create function public.list_webhook_events(
  most integer, before_id uuid default null, type text default null, since_id uuid default null, until_id uuid default null,
  record_id text default null, unheard boolean default false, related_id text default null
) returns json
language plpgsql stable security invoker -- the policies decide what the caller sees
set search_path = ''
as $$
declare
  many constant integer := 20000; -- events of one record on one day
  columns constant text := 'e.id, e.occurred_at, e.event_type, public.webhook_payload_text(e.payload, ''id'') as record_id,
      coalesce(e.record_label, public.webhook_record_label(e.event_type, e.payload)) as record_label,
      public.webhook_payload_text(e.payload, ''lead_id'') as related_id, e.origin, e.triggered_by, e.deliveries, e.left_out';
  lowest constant uuid := coalesce(since_id, '00000000-0000-0000-0000-000000000000');
  filtered constant text := concat(
    case when type is not null then ' and e.event_type = $4' end,
    case when unheard then ' and e.deliveries = 0' end,
    case when record_id is not null then ' and public.webhook_payload_text(e.payload, ''id'') = btrim($5)' end,
    case when related_id is not null then ' and public.webhook_payload_text(e.payload, ''lead_id'') = btrim($7)' end);
  above uuid := least(coalesce(before_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'), coalesce(until_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'));
  query tsquery;
  floor_id uuid;
  found jsonb;
  answer jsonb := '[]';
begin
  if most between 1 and 1000 is not true or char_length(record_id) > 200 or char_length(related_id) > 200 then
    raise exception 'validation_failed' using errcode = '22023', hint = 'most is 1 to 1,000, record_id and related_id have 200 characters at most.';
  end if;
  if coalesce(record_id, related_id) is null then
    execute concat('select coalesce(jsonb_agg(p), ''[]'') from (
        select ', columns, ' from public.webhook_events e where e.id < $1 and e.id >= $2', filtered, ' order by e.id desc limit $3) as p')
    into answer
    using above, lowest, most, type;
    return answer;
  end if;

  query := public.webhook_search_query('{}', record_id, related_id);
  -- From there on events may not be indexed yet: they are read as they are.
  floor_id := greatest(lowest, (
    select public.webhook_uuid_v7_floor(public.webhook_uuid_v7_time(w.event_id) - interval '2 minutes')
    from public.webhook_event_words w order by w.event_id desc limit 1));
  execute concat('select coalesce(jsonb_agg(p), ''[]'') from (
      select ', columns, ' from public.webhook_events e
      where e.id < $1 and e.id >= $2', filtered, ' order by e.id desc limit $3) as p')
  into answer
  using above, floor_id, most, type, record_id, null::uuid[], related_id;
  -- Then day by day, by the index of words.
  while jsonb_array_length(answer) < most loop
    above := least(above, floor_id);
    select w.event_id into floor_id from public.webhook_event_words w where w.event_id < above and w.event_id >= lowest order by w.event_id desc limit 1;
    exit when floor_id is null;
    floor_id := greatest(lowest, public.webhook_uuid_v7_floor(date_trunc('day', public.webhook_uuid_v7_time(floor_id), 'UTC')));
    execute concat('select coalesce(jsonb_agg(p), ''[]'') from (
        select ', columns, ' from public.webhook_events e
        where e.id = any ($6) and e.id < $1 and e.id >= $2', filtered, ' order by e.id desc limit $3) as p')
    into found
    using above, floor_id, most - jsonb_array_length(answer), type, record_id, public.find_event_ids(query, floor_id, above, many), related_id;
    answer := answer || found;
  end loop;
  return answer;
end
$$;
comment on function public.list_webhook_events is
  'The journal, newest first: every event between two ids, of a type, of a record, of what belongs to a record (related_id: the lead_id of the payload), or those that made no delivery. Answers an array of most rows at most.';

create or replace function public.get_webhook_event(event_id uuid) returns json
language sql stable security invoker -- the policies decide what the caller sees
set search_path = ''
as $$
  with event as materialized (
    select e.*, public.webhook_jsonb(e.payload) as value from public.webhook_events e where e.id = get_webhook_event.event_id
  ), delivery as materialized (
    select d.* from public.webhook_event_deliveries(get_webhook_event.event_id) d
  )
  select json_build_object(
    'id', e.id, 'occurred_at', e.occurred_at, 'event_type', e.event_type, 'record_id', public.webhook_payload_text(e.payload, 'id'),
    'related_id', public.webhook_payload_text(e.payload, 'lead_id'),
    'record_label', coalesce(e.record_label, public.webhook_record_label(e.event_type, e.payload)), 'origin', e.origin,
    'triggered_by', e.triggered_by, 'deliveries', e.deliveries, 'left_out', e.left_out, 'payload_text', e.payload::text,
    'sent_to', (
      select coalesce(json_agg(json_build_object('id', d.id, 'webhook_id', d.webhook_id, 'webhook_name', w.name, 'status', d.status,
        'attempt_count', d.attempt_count, 'last_status_code', d.last_status_code, 'last_error_kind', d.last_error_kind,
        'created_at', d.created_at, 'finished_at', d.finished_at, 'in_flight', coalesce(s.in_flight, false),
        'next_attempt_at', s.next_attempt_at, 'waits_for', s.waits_for, 'merged', s.merged) order by d.id), '[]')
      from delivery d
      left join public.webhooks w on w.id = d.webhook_id and w.deleted_at is null
      left join lateral (
        select x.in_flight, x.next_attempt_at, x.waits_for, x.merged from public.webhook_deliveries x where x.id = d.id
      ) as s on true),
    'not_sent_to', (
      select coalesce(json_agg(json_build_object('webhook_id', w.id, 'webhook_name', w.name, 'matches_now', now_.listens and now_.meets and e.erased_at is null and not (w.skip_own_changes and e.origin_webhook is not distinct from w.id), 'reason', case
          when e.origin in ('test', 'backfill') then 'for_another'
          when w.created_at > e.occurred_at then 'created_later'
          when w.skip_own_changes and e.origin_webhook = w.id then 'own_change'
          -- What its settings were before their last change is not kept.
          when w.updated_at > e.occurred_at then 'unknown'
          when not now_.listens then 'not_subscribed'
          when w.status = 'inactive' then 'inactive_at_the_time'
          when e.erased_at is not null and w.condition_path is not null then 'erased'
          when not now_.meets then 'condition'
          else 'unknown' end) order by w.name, w.id), '[]')
      from public.webhooks w
      cross join lateral (
        select public.webhook_listens(w.events, e.event_type) as listens,
          w.condition_path is null or jsonb_path_match(e.value, w.condition_path, '{}', true) is true as meets) as now_
      where w.deleted_at is null and not exists (select from delivery d where d.webhook_id = w.id)))
  from event e
$$;
comment on function public.get_webhook_event is
  'An event with its deliveries (sent_to), and each webhook that has none (not_sent_to), with why: not_subscribed, condition, inactive_at_the_time, created_later, own_change (it came of the webhook''s own account), for_another (a test or a backfill is for one webhook), erased (there is nothing left to ask its conditions of), or unknown where its settings were changed since. matches_now: as the webhook is now, it would get it. Null: there is no such event.';

revoke execute on function public.list_webhook_events
from public, anon, authenticated, service_role;
grant execute on function public.list_webhook_events
to authenticated, service_role;

create function public.search_webhook_records(words text[], most integer) returns json
language plpgsql stable security invoker -- the policies decide what the caller sees
set search_path = ''
as $$
declare
  longest constant interval := '1 second'; -- what was found by then is enough to choose from
  unread constant integer := 1000; -- of the newest events, which may not be indexed yet
  many constant integer := 200; -- events of one day
  lowest constant uuid := '00000000-0000-0000-0000-000000000000';
  -- In the columns' order; a record by its newest event that has a label.
  records constant text := 'select coalesce(jsonb_agg(f.record order by f.id desc), ''[]'') from (
      select distinct on (r.kind, r.record_id) r.id,
        jsonb_build_object(''kind'', r.kind, ''record_id'', r.record_id, ''record_label'', r.label, ''occurred_at'', r.occurred_at) as record
      from (
        select e.id, split_part(e.event_type, ''.'', 1) as kind, public.webhook_payload_text(e.payload, ''id'') as record_id,
          coalesce(e.record_label, public.webhook_record_label(e.event_type, e.payload)) as label, e.occurred_at
        from public.webhook_events e where e.id = any ($1)
      ) as r
      where r.record_id is not null and r.label is not null and r.kind <> ''webhook''
        and not exists (select from jsonb_array_elements($2) as k where k ->> ''kind'' = r.kind and k ->> ''record_id'' = r.record_id)
      order by r.kind, r.record_id, r.id desc) as f';
  query tsquery;
  above uuid;
  floor_id uuid;
  ids uuid[];
  found jsonb;
  answer jsonb := '[]';
begin
  if most between 1 and 100 is not true or cardinality(words) > 100 or exists (select from unnest(words) as w where char_length(w) > 200) then
    raise exception 'validation_failed' using errcode = '22023', hint = 'most is 1 to 100; at most 100 words of 200 characters.';
  end if;
  query := public.webhook_search_query(words);
  if query is null then
    return '[]';
  end if;

  -- From there on events may not be indexed yet: the newest are read as they are.
  above := coalesce((select public.webhook_uuid_v7_floor(public.webhook_uuid_v7_time(w.event_id) - interval '2 minutes')
    from public.webhook_event_words w order by w.event_id desc limit 1), lowest);
  ids := array(
    select e.id from (select x.id, x.payload, x.record_label from public.webhook_events x where x.id >= above order by x.id desc limit unread) as e
    where coalesce(
      (select w.words @@ query from public.webhook_event_words w where w.event_id = e.id),
      public.webhook_event_words(e.payload, e.record_label) @@ query));
  loop
    if ids <> '{}' then
      execute records into found using ids, answer;
      answer := answer || found;
    end if;
    exit when jsonb_array_length(answer) >= most or clock_timestamp() - statement_timestamp() > longest;
    -- Then day by day, by the index of words.
    select w.event_id into floor_id from public.webhook_event_words w where w.event_id < above order by w.event_id desc limit 1;
    exit when floor_id is null;
    floor_id := public.webhook_uuid_v7_floor(date_trunc('day', public.webhook_uuid_v7_time(floor_id), 'UTC'));
    ids := public.find_event_ids(query, floor_id, above, many);
    above := floor_id;
  end loop;
  return (select coalesce(json_agg(r.record order by r.n), '[]') from jsonb_array_elements(answer) with ordinality as r (record, n) where r.n <= most);
end
$$;
comment on function public.search_webhook_records is
  'The records in whose events every word occurs, or begins a word, as in a search of deliveries: those first of which something happened last. Of what was found within a second. Answers an array of { kind, record_id, record_label, occurred_at }.';

create function public.webhook_row_queries() returns table (kind text, query text)
language sql stable security definer -- people may read no rule of a source
set search_path = ''
as $$
  select s.kind, format(
    'select json_build_object(''kind'', %L::text, ''table'', %L::text, ''label'', %s, ''values'', (select row_to_json(v) from (select %s) as v)) from %s r where %s %s $1::%s',
    s.kind, s.relation, public.webhook_source_label(s), (
      select string_agg(format('%s as %I', format(c.plain, 'r'), c.name), ', ' order by c.place)
      from public.webhook_source_columns(s.relation, s.ignore, false) c),
    s.relation, format(k.plain, 'r'), k.equals, format_type(a.atttypid, null))
  from public.webhook_sources s
  cross join lateral public.webhook_source_key(s.relation) k
  join pg_catalog.pg_attribute a on a.attrelid = s.relation and a.attname = k.name
  where auth.uid() is null or public.is_webhook_admin()
  order by s.kind
$$;
comment on function public.webhook_row_queries is
  'Of each attached table the query of one row by its key ($1, as text): its columns but for those that never go out. To be run as whoever asks.';

create function public.find_webhook_rows(record_id text) returns json
language plpgsql stable security invoker -- reads the tables as the caller
set search_path = ''
set timezone = 'UTC'
as $$
declare
  source record;
  found json;
  answer json[] := '{}';
begin
  if char_length(record_id) > 200 then
    raise exception 'validation_failed' using errcode = '22023', hint = 'record_id has 200 characters at most.';
  end if;
  for source in select q.query from public.webhook_row_queries() q loop
    begin
      execute source.query into found using record_id;
      if found is not null then
        answer := answer || found;
      end if;
    exception
      when data_exception then null; -- no key of this table
      when insufficient_privilege or undefined_table or undefined_column or undefined_object then null; -- not for the caller to read, or changed
    end;
  end loop;
  return array_to_json(answer);
end
$$;
comment on function public.find_webhook_rows is
  'The rows of attached tables with this key as they are now, as far as the caller may read them: an array of { kind, table, label, values }.';

revoke execute on function public.search_webhook_records, public.webhook_row_queries, public.find_webhook_rows
from public, anon, authenticated, service_role;
grant execute on function public.search_webhook_records, public.webhook_row_queries, public.find_webhook_rows
to authenticated, service_role;
