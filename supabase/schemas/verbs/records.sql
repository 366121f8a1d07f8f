-- Records: found by what people call them, and their rows as they are now.

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
