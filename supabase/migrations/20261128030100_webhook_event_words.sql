-- The record of an event: its label, and a search that finds deliveries by what a person types.

-- What is searched for as a person writes it: words without accents and case, phone numbers by their last digits. In the form
-- `return …` where it is called for each event: inlined.

create function public.webhook_search_fold(value text) returns text
language sql immutable parallel safe
return case when octet_length(value) = char_length(value) then lower(value)
  else regexp_replace(normalize(replace(replace(replace(lower(value), 'œ', 'oe'), 'æ', 'ae'), 'ß', 'ss'), NFKD), '[\u0300-\u036f]', '', 'g') end;
comment on function public.webhook_search_fold is
  'A text in lower case and without accents, however they are written: lefevre for Lefèvre.';

create function public.webhook_search_parts(folded text) returns text[]
language sql immutable parallel safe
return array_remove(string_to_array(regexp_replace(folded, '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a0‘’“”«»…]+', ' ', 'g'), ' '), '');
comment on function public.webhook_search_parts is
  'What stands between spaces and signs: jean, acme and fr of jean@acme.fr.';

create function public.webhook_search_phone(value text) returns text
language sql immutable parallel safe
return case when char_length(value) <= 30 and value ~ '^\+?[0-9(][0-9 .()/-]+$'
  and char_length(regexp_replace(value, '\D', '', 'g')) between 8 and 15 then '#' || right(regexp_replace(value, '\D', '', 'g'), 9) end;
comment on function public.webhook_search_phone is
  'A phone number by its last nine digits, whatever stands before and between them: #612345678 for 06 12 34 56 78 and for +33612345678. Null for what is none.';

create function public.webhook_event_words(payload json, label text) returns tsvector
language plpgsql immutable parallel safe
set search_path = ''
as $$
declare
  value constant jsonb := public.webhook_jsonb(payload);
  record_id constant text := public.webhook_payload_text(payload, 'id');
  wholes text; -- values without spaces, a line each
  texts text;
  phones text[];
begin
  if value is null then -- what jsonb cannot hold is found by its text as it is written
    texts := left(public.webhook_readable_json(payload::text), 65536);
  else
    select string_agg(v.text, E'\n') filter (where char_length(v.text) <= 64 and v.text !~ '\s'),
      -- The parts of ids and times say nothing.
      string_agg(v.text, ' ') filter (where v.text !~* '^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\d(T[0-9:.]+(Z|[+-][0-9:]+)?)?)$'),
      array_agg(public.webhook_search_phone(v.text))
    into wholes, texts, phones
    from (
      select left(x #>> '{}', 8192) as text
      from jsonb_path_query(value, 'strict $.** ? (@.type() == "string" || @.type() == "number")') as x limit 1000
    ) as v;
  end if;
  return array_to_tsvector(array_remove(array_remove(
    string_to_array(public.webhook_search_fold(wholes), E'\n')
    || (select array_agg(left(p.part, 64)) from unnest(public.webhook_search_parts(public.webhook_search_fold(concat_ws(' ', texts, left(label, 200))))) as p (part))
    || phones || ('=' || left(record_id, 200)), ''), null));
end
$$;
comment on function public.webhook_event_words is
  'What an event is found by: the texts and numbers of its payload, of at most 1,000 fields, and its label, whole where they have no spaces and in parts; phone numbers (#…) and the id of its record (=…).';

create function public.webhook_search_term(word text) returns text
language sql immutable parallel safe
set search_path = ''
as $$
  select format('''%s''%s', replace(replace(left(word, 64), '\', '\\'), '''', ''''''), case when char_length(word) >= 3 then ':*' end)
$$;
comment on function public.webhook_search_term is
  'What begins with a word, or is it where it has less than three characters, as a term of tsquery.';

create function public.webhook_search_query(words text[], record_id text default null) returns tsquery
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
  return nullif(array_to_string(terms, ' & '), '')::tsquery;
end
$$;
comment on function public.webhook_search_query is
  'What finds the events in which all of these words occur, and those of a record where one is named. Null where there is nothing to look for.';

revoke execute on function public.webhook_search_fold, public.webhook_search_parts, public.webhook_search_phone,
  public.webhook_event_words, public.webhook_search_term, public.webhook_search_query
from public, anon, authenticated, service_role;
grant execute on function public.webhook_search_fold, public.webhook_search_parts, public.webhook_search_phone,
  public.webhook_event_words, public.webhook_search_term, public.webhook_search_query
to authenticated, service_role;

grant execute on function public.webhook_uuid_v7_time to authenticated, service_role;

alter table public.webhook_events add column record_label text;
comment on column public.webhook_events.record_label is
  'What people call the record, where the payload does not say and the table does that told of its change; else see webhook_record_label.';

create table public.webhook_event_words (
  event_id uuid primary key,
  words tsvector not null
) partition by range (event_id);

comment on table public.webhook_event_words is
  'What each event is found by. Written behind the events, by a chore: no event waits for it. Partitioned by day, as they are.';

create index webhook_event_words_words on public.webhook_event_words using gin (words) with (fastupdate = off);

-- What comes on a day that nobody foresaw.
create table webhook_partitions.webhook_event_words_default partition of public.webhook_event_words default;

alter table public.webhook_event_words enable row level security;
revoke all on public.webhook_event_words from public, anon, authenticated;
grant all on public.webhook_event_words to service_role;
grant select on public.webhook_event_words to authenticated;
create policy "administrators read words" on public.webhook_event_words
  for select to authenticated using ((select public.is_webhook_admin()));

-- From an event to its deliveries. The queue has none: it would cost each emit a tenth, and a queue is short, or is read through once.
create index webhook_history_event on public.webhook_history (event_id);

create or replace view public.webhook_deliveries with (security_invoker = true) as
  select
    q.id, q.webhook_id, q.event_id, q.event_type, q.is_test,
    case when q.retry_count = 0 and q.last_error_kind is distinct from 'throttled' then 'pending' else 'retrying' end as status,
    coalesce(q.locked_until > now(), false) as in_flight,
    q.retry_count, q.attempt_count,
    (select x.next_attempt_at from public.webhook_delivery_wait(q.webhook_id, q.is_test, q.created_at, q.due_at) x) as next_attempt_at,
    q.last_status_code, q.last_error_kind, q.last_error, q.last_duration_ms,
    q.created_at, null::timestamptz as finished_at,
    (select e.payload::text from public.webhook_events e where e.id = q.event_id) as payload_text,
    (select x.waits_for from public.webhook_delivery_wait(q.webhook_id, q.is_test, q.created_at, q.due_at) x) as waits_for,
    (select public.webhook_payload_text(e.payload, 'id') from public.webhook_events e where e.id = q.event_id) as record_id,
    (select coalesce(e.record_label, public.webhook_record_label(e.event_type, e.payload)) from public.webhook_events e where e.id = q.event_id) as record_label
  from public.webhook_queue q
  union all
  select
    h.id, h.webhook_id, h.event_id, h.event_type, h.is_test,
    h.status, false, h.retry_count, h.attempt_count, null,
    h.last_status_code, h.last_error_kind, h.last_error, h.last_duration_ms,
    h.created_at, h.finished_at,
    (select e.payload::text from public.webhook_events e where e.id = h.event_id),
    null,
    (select public.webhook_payload_text(e.payload, 'id') from public.webhook_events e where e.id = h.event_id),
    (select coalesce(e.record_label, public.webhook_record_label(e.event_type, e.payload)) from public.webhook_events e where e.id = h.event_id)
  from public.webhook_history h;
comment on view public.webhook_deliveries is
  'Every delivery with its status. waits_for: inactive (its webhook is switched off or deleted), cancellation (everything that waits is being cancelled), pause (the breaker is open), receiver (it asked to be left alone), time (its own due time); null when nothing but its turn. Page by id, newest first. payload_text, record_id and record_label are read from the payload, where asked for: search_webhook_deliveries finds by them.';

create or replace function public.store_webhook_events(events json, of_rows boolean) returns json
language plpgsql security invoker -- called by functions that have asked for the caller's right, as their owner
set search_path = ''
as $$
declare
  caller constant uuid := coalesce(auth.uid(), '00000000-0000-0000-0000-000000000000');
  types text[];
  payloads json[];
  keys text[];
  traces text[];
  labels text[];
  ids uuid[];
  stores boolean[]; -- which of them are new events
  fault text;
  claimed uuid[];
  own uuid;
  record_key text;
  emitted json;
begin
  begin
    select array_agg(e.event_type), array_agg(e.payload), array_agg(nullif(e.idempotency_key, '')),
      array_agg(left(e.traceparent, 55)), array_agg(case when of_rows then left(e.record_label, 200) end), array_agg(public.webhook_uuid_v7()), array_agg(nullif(e.idempotency_key, '') is null),
      (array_agg(e.fault) filter (where e.fault is not null))[1]
    into types, payloads, keys, traces, labels, ids, stores, fault
    from (
      select i.*, case
          when t.name is null then 'unknown_event'
          when i.payload is null then 'payload_not_json'
          when octet_length(i.payload::text) > 262144 then 'payload_too_large'
          when octet_length(i.payload::text) > 401 and public.webhook_json_is_deep(i.payload) then 'payload_too_deep'
          when char_length(i.idempotency_key) > 255 then 'validation_failed'
        end as fault
      from rows from (json_to_recordset(events) as (event_type text, payload json, idempotency_key text, traceparent text, record_label text))
        with ordinality as i (event_type, payload, idempotency_key, traceparent, record_label, n)
      left join public.webhook_event_types t on t.name = i.event_type and t.kind <> 'webhook'
      order by i.n
    ) as e;
  exception
    when statement_too_complex then -- the parser's own limit, at some thousands of levels
      fault := 'payload_too_deep';
    when untranslatable_character or invalid_text_representation then -- U+0000; half of a surrogate pair
      fault := 'payload_not_json';
  end;
  if fault is not null then
    raise exception '%', fault using errcode = '22023', hint = case fault
      when 'unknown_event' then 'See webhook_event_types() for the event types.'
      when 'payload_not_json' then 'The payload must be JSON other than null, without U+0000 and halves of surrogate pairs.'
      when 'payload_too_large' then 'The payload must be JSON of at most 262,144 bytes.'
      when 'payload_too_deep' then 'The payload must not be nested more than 200 levels deep.'
      else 'A key has 1 to 255 characters.' end;
  end if;
  if types is null then
    return '[]';
  end if;

  if false = any (stores) then
    -- In the order of keys, so that two batches never wait for each other. A key that lapsed is a new one.
    with asked as (
      select distinct on (i.key) i.key, i.id, public.webhook_event_digest(i.event_type, i.payload) as digest
      from unnest(keys, ids, types, payloads) with ordinality as i (key, id, event_type, payload, n)
      where i.key is not null
      order by i.key, i.n
    ), first as (
      insert into public.webhook_idempotency_keys as k (owner, key, event_id, digest)
      select caller, a.key, a.id, a.digest from asked a order by a.key
      on conflict (owner, key) do update
        set event_id = excluded.event_id, digest = excluded.digest, created_at = excluded.created_at
        where k.created_at < now() - interval '24 hours'
      returning k.event_id
    )
    select coalesce(array_agg(f.event_id), '{}') into claimed from first f;
    select array_agg(i.key is null or i.id = any (claimed) order by i.n) into stores
    from unnest(keys, ids) with ordinality as i (key, id, n);
  end if;

  -- Code that triggers what its row has told already is answered with the row's event.
  if not of_rows and exists (select from public.webhook_row_events r where r.event_type = any (types)) then
    for i in 1 .. cardinality(ids) loop
      continue when not stores[i] or payloads[i] ->> 'id' is null;
      record_key := public.webhook_record_key(payloads[i] ->> 'id');
      delete from public.webhook_row_events r where r.event_type = types[i] and r.record_id = record_key and r.event_id = (
        select x.event_id from public.webhook_row_events x
        where x.event_type = types[i] and x.record_id = record_key
          and x.event_id > public.webhook_uuid_v7_floor(now() - interval '1 minute')
        order by x.event_id desc limit 1 for update skip locked)
      returning r.event_id into own;
      continue when own is null;
      if keys[i] is not null then
        update public.webhook_idempotency_keys k set event_id = own where k.owner = caller and k.key = keys[i];
      end if;
      ids[i] := own;
      stores[i] := false;
    end loop;
  end if;

  with subscriber as materialized (
    select t.event_type, w.id as webhook_id, w.condition_path
    from (select distinct i.event_type from unnest(types, stores) as i (event_type, is_new) where i.is_new) t
    join public.webhooks w on w.status = 'active' and w.events && array[t.event_type, split_part(t.event_type, '.', 1) || '.*', '*']
  ), accepted as materialized (
    -- What somebody's conditions are asked of; null where jsonb cannot hold it, and then no condition is met.
    select i.n, i.id, i.event_type, i.payload, i.traceparent, i.record_label, octet_length(i.payload::text) as payload_bytes,
      case when i.event_type in (select s.event_type from subscriber s where s.condition_path is not null)
        then public.webhook_jsonb(i.payload) end as asked
    from unnest(ids, types, payloads, traces, labels, stores) with ordinality as i (id, event_type, payload, traceparent, record_label, is_new, n)
    where i.is_new
  ), heard as materialized (
    select a.*, array(
      select s.webhook_id from subscriber s
      where s.event_type = a.event_type
        and (s.condition_path is null or jsonb_path_match(a.asked, s.condition_path, '{}', true))) as webhooks
    from accepted a
  ), stored as (
    insert into public.webhook_events (id, event_type, payload, traceparent, record_label, deliveries, left_out)
    select a.id, a.event_type, a.payload, a.traceparent, a.record_label, cardinality(a.webhooks),
      (select count(*) from subscriber s where s.event_type = a.event_type) - cardinality(a.webhooks)
    from heard a
    returning id, deliveries
  ), queued as (
    insert into public.webhook_queue (webhook_id, event_id, event_type, payload_bytes)
    select s.webhook_id, a.id, a.event_type, a.payload_bytes
    from heard a cross join unnest(a.webhooks) as s (webhook_id)
  )
  select json_agg(json_build_object('event_id', s.id, 'deliveries', s.deliveries) order by a.n) into emitted
  from accepted a join stored s on s.id = a.id;

  if of_rows then
    insert into public.webhook_row_events (event_id, event_type, record_id)
    select i.id, i.event_type, public.webhook_record_key(i.payload ->> 'id')
    from unnest(ids, types, payloads) as i (id, event_type, payload);
  end if;
  if true = all (stores) then
    return emitted;
  end if;

  -- A statement of its own, so that it sees what another transaction committed while we waited for its key.
  perform from unnest(keys, types, payloads, ids, stores) as i (key, event_type, payload, id, is_new)
  join public.webhook_idempotency_keys k on k.owner = caller and k.key = i.key
  left join public.webhook_events e on e.id = k.event_id
  where not i.is_new
    and k.digest is distinct from public.webhook_event_digest(i.event_type, i.payload)
    -- The stored value has the last word: 1.0 and 1 are the same number, and old keys have no digest.
    and (e.event_type = i.event_type
      and (public.webhook_jsonb(e.payload) = public.webhook_jsonb(i.payload) or e.payload::text = i.payload::text)) is not true;
  if found then
    raise exception 'idempotency_key_reused' using errcode = '23505',
      hint = 'This caller used the key for another type or payload within the last 24 hours.';
  end if;
  select json_agg(json_build_object('event_id', e.id, 'deliveries', coalesce(w.deliveries, 0)) order by e.n) into emitted
  from (
    select i.n, coalesce(k.event_id, i.id) as id
    from unnest(ids, keys) with ordinality as i (id, key, n)
    left join public.webhook_idempotency_keys k on k.owner = caller and k.key = i.key
  ) as e
  left join public.webhook_events w on w.id = e.id;
  return emitted;
end
$$;
comment on function public.store_webhook_events is
  'What emit_webhook_events does once it knows that the caller may. of_rows: events that a table tells by itself; they are noted, so that code which triggers the same is answered with them.';

create or replace function public.webhook_partition_key(parent text) returns text
language sql immutable parallel safe
return case parent when 'webhook_attempts' then 'delivery_id' when 'webhook_event_words' then 'event_id' else 'id' end;
comment on function public.webhook_partition_key is
  'The column by which a partitioned table is divided into days.';

create or replace function public.webhook_default_partition_holds(parent text, day date) returns boolean
language plpgsql stable security invoker
set search_path = ''
as $$
declare
  holds boolean;
begin
  execute format('select exists (select from webhook_partitions.%I where %I >= $1 and %2$I < $2)', parent || '_default',
    public.webhook_partition_key(parent))
  into holds
  using public.webhook_uuid_v7_floor(day::timestamp at time zone 'UTC'),
    public.webhook_uuid_v7_floor((day + 1)::timestamp at time zone 'UTC');
  return holds;
end
$$;
comment on function public.webhook_default_partition_holds is
  'True when the default partition already has rows of that day, so that no partition can be made for it.';

create or replace function public.make_webhook_partition() returns boolean
language plpgsql security definer -- makes tables
set search_path = ''
as $$
declare
  today constant date := (now() at time zone 'UTC')::date;
  parent text;
  day date;
begin
  foreach parent in array array['webhook_events', 'webhook_history', 'webhook_attempts', 'webhook_event_words'] loop
    for day in select generate_series(today, today + 7, interval '1 day')::date loop
      -- A day that nobody foresaw already has rows in the default partition and stays there.
      continue when to_regclass(format('webhook_partitions.%I', parent || to_char(day, '_YYYYMMDD'))) is not null
        or public.webhook_default_partition_holds(parent, day);
      -- Attached, not created as a partition: that would wait for every reader of the table, a dump for example.
      execute format('create table webhook_partitions.%I (like public.%I including all)', parent || to_char(day, '_YYYYMMDD'), parent);
      execute format('alter table public.%I attach partition webhook_partitions.%I for values from (%L) to (%L)',
        parent, parent || to_char(day, '_YYYYMMDD'),
        public.webhook_uuid_v7_floor(day::timestamp at time zone 'UTC'),
        public.webhook_uuid_v7_floor((day + 1)::timestamp at time zone 'UTC'));
      return true;
    end loop;
  end loop;
  return false;
end
$$;
comment on function public.make_webhook_partition is
  'Makes one partition that is missing among those of the next 7 days. False when none is.';

create or replace function public.drop_webhook_partition(keep_days integer) returns boolean
language plpgsql security definer -- drops tables
set search_path = ''
as $$
declare
  today constant date := (now() at time zone 'UTC')::date;
  part record;
begin
  for part in
    select c.relname, right(c.relname, 8)::date as day
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'webhook_partitions' and c.relkind = 'r'
      and c.relname ~ '^webhook_(events|history|attempts|event_words)_\d{8}$' and right(c.relname, 8)::date < today - keep_days - 1
    order by day, c.relname
  loop
    continue when public.webhook_day_is_needed(part.day, keep_days)
      -- An event at midnight has its deliveries on the next day.
      or (part.relname ^@ 'webhook_event' and public.webhook_day_is_needed(part.day + 1, keep_days));
    execute format('drop table webhook_partitions.%I', part.relname);
    return true;
  end loop;
  return false;
end
$$;
comment on function public.drop_webhook_partition is
  'Drops one day''s table that is older than keep_days and that nothing needs. False when there is none.';

create or replace function public.trim_webhook_default_partition(keep_days integer, max_rows integer) returns integer
language plpgsql security definer -- partitions are in a schema of their own
set search_path = ''
as $$
declare
  parent text;
  -- The oldest delivery that still waits, or that became final only lately: nothing from there on goes.
  floor constant uuid := least(
    public.webhook_uuid_v7_floor(now() - make_interval(days => keep_days + 1)),
    (select q.id from public.webhook_queue q order by q.id limit 1),
    (select min(h.id::text)::uuid from public.webhook_history h
      where h.finished_at - h.created_at > interval '24 hours' and h.finished_at >= now() - make_interval(days => keep_days)));
  trimmed integer;
  most integer := 0;
begin
  foreach parent in array array['webhook_attempts', 'webhook_history', 'webhook_events', 'webhook_event_words'] loop
    execute format('delete from webhook_partitions.%1$I where ctid = any (array(
        select ctid from webhook_partitions.%1$I where %2$I < $1 order by %2$I limit $2))',
      parent || '_default', public.webhook_partition_key(parent))
    -- An event is a little older than its deliveries.
    using case when parent ^@ 'webhook_event'
      then public.webhook_uuid_v7_floor(public.webhook_uuid_v7_time(floor) - interval '1 day') else floor end, max_rows;
    get diagnostics trimmed = row_count;
    most := greatest(most, trimmed);
  end loop;
  return most;
end
$$;
comment on function public.trim_webhook_default_partition is
  'Deletes up to max_rows rows older than keep_days from each default partition: what came in on days without a table of their own. Answers how many, of the one that had most.';

-- What search looks into is written behind the events: the newest first, then those that were there before, then what
-- committed long after its time.

create function public.index_webhook_events(max_rows integer) returns integer
language plpgsql security invoker
set search_path = ''
-- A plan is kept for as long as its connection lives, and was made when there was little to index.
set enable_hashjoin = off
set enable_mergejoin = off
set enable_seqscan = off
as $$
declare
  batch constant integer := least(max_rows, 1000); -- some 100 µs each
  newest constant uuid := (select w.event_id from public.webhook_event_words w order by w.event_id desc limit 1);
  oldest constant uuid := (select w.event_id from public.webhook_event_words w order by w.event_id limit 1);
  -- A transaction may commit after events that are newer than its own.
  recent constant uuid := public.webhook_uuid_v7_floor(public.webhook_uuid_v7_time(newest) - interval '2 minutes');
  found uuid[];
begin
  found := array(
    select e.id from public.webhook_events e
    where (recent is null or e.id >= recent) and not exists (select from public.webhook_event_words w where w.event_id = e.id)
    order by e.id desc limit batch);
  if found = '{}' then
    found := array(select e.id from public.webhook_events e where e.id < oldest order by e.id desc limit batch);
  end if;
  insert into public.webhook_event_words (event_id, words)
  select e.id, public.webhook_event_words(e.payload, e.record_label) from public.webhook_events e where e.id = any (found)
  on conflict do nothing;
  -- As many as may be: there is more.
  return case when cardinality(found) = batch then max_rows else cardinality(found) end;
end
$$;
comment on function public.index_webhook_events is
  'A chore: writes what search looks into for events that have nothing there: the last ones, then older and older ones, 1,000 at a time. Answers how many, and max_rows where there are more.';

create function public.index_late_webhook_events(max_rows integer) returns integer
language plpgsql security invoker
set search_path = ''
as $$
declare
  oldest constant uuid := (select w.event_id from public.webhook_event_words w order by w.event_id limit 1);
  since constant uuid := greatest(oldest::text, public.webhook_uuid_v7_floor(now() - interval '26 hours')::text)::uuid;
  indexed integer;
begin
  insert into public.webhook_event_words (event_id, words)
  select e.id, public.webhook_event_words(e.payload, e.record_label)
  from (
    select x.id from public.webhook_events x
    where x.id >= since and not exists (select from public.webhook_event_words w where w.event_id >= since and w.event_id = x.id)
    limit least(max_rows, 1000)
  ) as late
  join public.webhook_events e on e.id = late.id
  on conflict do nothing;
  get diagnostics indexed = row_count;
  return case when indexed = least(max_rows, 1000) then max_rows else indexed end;
end
$$;
comment on function public.index_late_webhook_events is
  'A chore: the same for events of the last day that committed later than index_webhook_events looks back.';

revoke execute on function public.index_webhook_events, public.index_late_webhook_events
from public, anon, authenticated, service_role;
grant execute on function public.index_webhook_events, public.index_late_webhook_events
to service_role;

insert into public.webhook_chores (chore, every) values
  ('index_late_webhook_events', '01:00:00'),
  ('index_webhook_events', '00:00:30');

drop function public.search_webhook_deliveries;
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
  type text default null, since_id uuid default null, until_id uuid default null, record_id text default null
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
    case when until_id is not null then ' and d.id < $6' end);
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
    or char_length(record_id) > 200 then
    raise exception 'validation_failed' using errcode = '22023',
      hint = 'At most 100 words of 200 characters, 10 statuses, and a record id of 200 characters.';
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
    using above, target, statuses, type, since_id, until_id, most, named, query, needles;
    return found;
  end if;

  loop
    -- The next deliveries, whatever is in them.
    execute concat('select (array_agg(p.id order by p.id))[1], count(*) from (select d.id from public.webhook_deliveries d where d.id < $1', filtered,
      ' order by d.id desc limit $7) as p')
    into floor_id, size
    using above, target, statuses, type, since_id, until_id, piece;
    execute concat('select coalesce(jsonb_agg(f.row), ''[]'') from (
        select to_jsonb(d) - ''payload_text'' as row from public.webhook_deliveries d
        where d.id >= $8 and d.id < $1', filtered, ' and ', matches, ' order by d.id desc limit $7) as f')
    into found
    using above, target, statuses, type, since_id, until_id, most, floor_id, query, needles;
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
          public.webhook_uuid_v7_floor(public.webhook_uuid_v7_time(slice[cardinality(slice)]));
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
  'Deliveries, newest first, of events in whose payload or label every word occurs, or begins a word from three characters on, in any order, whatever case and accents; phone numbers as people write them; a UUID also finds the delivery or the event with that id. record_id: of that record only, words may be none then. Words are text, not patterns. After 3 s without an end: search_too_long.';

revoke execute on function public.find_event_ids, public.search_webhook_deliveries
from public, anon, authenticated, service_role;
grant execute on function public.find_event_ids, public.search_webhook_deliveries
to authenticated, service_role;
