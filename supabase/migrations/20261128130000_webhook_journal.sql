-- The journal: where each event came from, what nobody got, and why a webhook did not get one.

-- Null for what is there already: it is not known. The default comes afterwards, so that no row is written anew.
alter table public.webhook_events add column origin text check (origin in ('row', 'application', 'backfill', 'system', 'test'));
alter table public.webhook_events alter column origin set default 'application';
comment on column public.webhook_events.origin is
  'Who told it: row (an attached table), application (code, the API or SQL), backfill (a row that was there before, told again to one webhook), system (this one, of itself), test. Null: it was stored before this was kept.';

-- Tests of the past are known by their deliveries: nobody else was to get them.
update public.webhook_events e set origin = 'test'
where e.id in (
  select h.event_id from public.webhook_history h where h.is_test
  union all
  select q.event_id from public.webhook_queue q where q.is_test);

-- Of one type, newest first; and how many there were of each type.
create index webhook_events_type on public.webhook_events (event_type, id) include (origin);
-- What nobody got.
create index webhook_events_unheard on public.webhook_events (id) where deliveries = 0;

create or replace function public.store_webhook_events(events json, of_rows boolean) returns json
language plpgsql security invoker -- called by functions that have asked for the caller's right, as their owner
set search_path = ''
-- The plan hardly depends on the events, and to make it costs as much as to store one.
set plan_cache_mode = force_generic_plan
as $$
declare
  caller constant uuid := coalesce(auth.uid(), '00000000-0000-0000-0000-000000000000');
  types text[];
  payloads json[];
  keys text[];
  traces text[];
  labels text[];
  origins text[];
  said_origin uuid; -- of all that say none themselves
  ids uuid[];
  stores boolean[]; -- which of them are new events
  fault text;
  claimed uuid[];
  own uuid;
  record_key text;
  emitted json;
  coalesces boolean;
begin
  begin
    select array_agg(e.event_type), array_agg(e.payload), array_agg(nullif(e.idempotency_key, '')),
      array_agg(left(e.traceparent, 55)), array_agg(e.origin_webhook), array_agg(case when of_rows then left(e.record_label, 200) end), array_agg(public.webhook_uuid_v7()), array_agg(nullif(e.idempotency_key, '') is null),
      (array_agg(e.fault) filter (where e.fault is not null))[1]
    into types, payloads, keys, traces, origins, labels, ids, stores, fault
    from (
      select i.*, case
          when t.name is null then 'unknown_event'
          when i.payload is null then 'payload_not_json'
          when octet_length(i.payload::text) > 262144 then 'payload_too_large'
          when octet_length(i.payload::text) > 401 and public.webhook_json_is_deep(i.payload) then 'payload_too_deep'
          when char_length(i.idempotency_key) > 255 then 'validation_failed'
        end as fault
      from rows from (json_to_recordset(events) as (event_type text, payload json, idempotency_key text, traceparent text, origin_webhook text, record_label text))
        with ordinality as i (event_type, payload, idempotency_key, traceparent, origin_webhook, record_label, n)
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

  if current_setting('devlink.origin', true) <> '' or strpos(current_setting('request.headers', true), '"x-devlink-origin"') > 0 then
    said_origin := public.webhook_origin(null);
  end if;
  with subscriber as materialized (
    select t.event_type, w.id as webhook_id, w.condition_path, w.ordered, w.skip_own_changes,
      w.ordered or w.stale_retries = 'skip' or (w.coalesce_seconds > 0 and right(t.event_type, 8) = '.updated') as by_record,
      case when right(t.event_type, 8) = '.updated' then w.coalesce_seconds else 0 end as coalesce_seconds
    from (select distinct i.event_type from unnest(types, stores) as i (event_type, is_new) where i.is_new) t
    join public.webhooks w on w.status = 'active' and w.events && array[t.event_type, split_part(t.event_type, '.', 1) || '.*', '*']
  ), listening as materialized (
    select s.event_type, count(*)::integer as webhooks, bool_or(s.by_record) as by_record,
      bool_or(s.condition_path is not null) as conditional
    from subscriber s group by s.event_type
  ), accepted as materialized (
    -- What somebody's conditions are asked of; null where jsonb cannot hold it, and then no condition is met.
    select i.n, i.id, i.event_type, i.payload, i.traceparent, i.record_label, octet_length(i.payload::text) as payload_bytes,
      nextval('public.webhook_event_sequence') as sequence,
      case when l.by_record then public.webhook_record_key(i.payload ->> 'id') end as record_id,
      coalesce(case when i.origin is not null then public.webhook_origin(i.origin) end, said_origin) as origin_webhook,
      case when l.conditional then public.webhook_jsonb(i.payload) end as asked, coalesce(l.webhooks, 0) as listening
    from unnest(ids, types, payloads, traces, origins, labels, stores) with ordinality as i (id, event_type, payload, traceparent, origin, record_label, is_new, n)
    left join listening l on l.event_type = i.event_type
    where i.is_new
  ), heard as materialized (
    select a.*, array(
      select s.webhook_id from subscriber s
      where s.event_type = a.event_type
        and not (s.skip_own_changes and s.webhook_id is not distinct from a.origin_webhook)
        and (s.condition_path is null or jsonb_path_match(a.asked, s.condition_path, '{}', true))) as webhooks
    from accepted a
  ), stored as (
    insert into public.webhook_events (id, event_type, payload, traceparent, record_label, deliveries, left_out, origin, sequence, origin_webhook)
    select a.id, a.event_type, a.payload, a.traceparent, a.record_label, cardinality(a.webhooks),
      a.listening - cardinality(a.webhooks),
      case when of_rows then 'row' else 'application' end, a.sequence, a.origin_webhook
    from heard a
    returning id, deliveries
  ), queued as (
    insert into public.webhook_queue (webhook_id, event_id, event_type, payload_bytes, due_at, record_id, sequence, turn)
    select s.webhook_id, a.id, a.event_type, a.payload_bytes,
      case when s.coalesce_seconds > 0 and a.record_id is not null then now() + make_interval(secs => s.coalesce_seconds) else now() end,
      case when s.by_record then a.record_id end,
      case when s.by_record and a.record_id is not null then a.sequence end,
      case when s.ordered and a.record_id is not null then 0 end
    from heard a join subscriber s on s.event_type = a.event_type and s.webhook_id = any (a.webhooks)
  )
  select json_agg(json_build_object('event_id', s.id, 'deliveries', s.deliveries) order by a.n),
    exists (select from subscriber x where x.coalesce_seconds > 0)
  into emitted, coalesces
  from accepted a join stored s on s.id = a.id;
  if coalesces then
    perform public.coalesce_webhook_deliveries(ids);
  end if;

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

create or replace function public.create_test_delivery(webhook_id uuid, event_type text, payload json, worker text) returns json
language plpgsql security invoker
set search_path = ''
as $$
declare
  test_event uuid := public.webhook_uuid_v7();
  leased public.webhook_queue[];
begin
  insert into public.webhook_events (id, event_type, payload, deliveries, origin)
  values (test_event, event_type, payload, 1, 'test');

  with created as (
    insert into public.webhook_queue as q (webhook_id, event_id, event_type, is_test, fence, worker, locked_until)
    select w.id, test_event, create_test_delivery.event_type, true, 1, create_test_delivery.worker,
      now() + make_interval(secs => w.timeout_ms / 1000.0) + interval '20 seconds'
    from public.webhooks w where w.id = create_test_delivery.webhook_id
    returning q as delivery
  )
  select array_agg(c.delivery) into leased from created c;
  if leased is null then
    raise exception 'webhook_not_found' using errcode = '22023';
  end if;
  return public.webhook_delivery_batch(leased);
end
$$;
comment on function public.create_test_delivery is
  'Creates a test event and its one delivery, already leased to the worker, whatever the webhook listens to and even when it is inactive. Answers the batch as claim does.';

create or replace function public.after_webhook_disabled() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  with told as materialized (
    -- Without the URL: it may carry a token.
    select json_build_object('id', new.id, 'name', new.name, 'reason', new.disabled_reason, 'disabled_at', now()) as payload
  ), subscriber as materialized (
    select w.id, w.condition_path is null or jsonb_path_match(t.payload::jsonb, w.condition_path, '{}', true) is true as meets
    from public.webhooks w cross join told t
    where w.status = 'active' and w.events && array['webhook.disabled', 'webhook.*']
  ), event as (
    insert into public.webhook_events (event_type, payload, origin, deliveries, left_out)
    select 'webhook.disabled', t.payload, 'system',
      (select count(*) from subscriber s where s.meets), (select count(*) from subscriber s where not s.meets)
    from told t
    returning id
  )
  insert into public.webhook_queue (webhook_id, event_id, event_type)
  select s.id, e.id, 'webhook.disabled' from subscriber s cross join event e where s.meets;
  return null;
end
$$;
comment on function public.after_webhook_disabled is
  'The event webhook.disabled, for the other webhooks that listen to it and whose conditions it meets.';

create function public.list_webhook_events(
  most integer, before_id uuid default null, type text default null, since_id uuid default null, until_id uuid default null,
  record_id text default null, unheard boolean default false
) returns json
language plpgsql stable security invoker -- the policies decide what the caller sees
set search_path = ''
as $$
declare
  many constant integer := 20000; -- events of one record on one day
  columns constant text := 'e.id, e.occurred_at, e.event_type, public.webhook_payload_text(e.payload, ''id'') as record_id,
      coalesce(e.record_label, public.webhook_record_label(e.event_type, e.payload)) as record_label,
      e.origin, e.triggered_by, e.deliveries, e.left_out';
  lowest constant uuid := coalesce(since_id, '00000000-0000-0000-0000-000000000000');
  filtered constant text := concat(
    case when type is not null then ' and e.event_type = $4' end,
    case when unheard then ' and e.deliveries = 0' end);
  above uuid := least(coalesce(before_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'), coalesce(until_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'));
  query tsquery;
  floor_id uuid;
  found jsonb;
  answer jsonb := '[]';
begin
  if most between 1 and 1000 is not true or char_length(record_id) > 200 then
    raise exception 'validation_failed' using errcode = '22023', hint = 'most is 1 to 1,000, record_id has 200 characters at most.';
  end if;
  if record_id is null then
    execute concat('select coalesce(jsonb_agg(p), ''[]'') from (
        select ', columns, ' from public.webhook_events e where e.id < $1 and e.id >= $2', filtered, ' order by e.id desc limit $3) as p')
    into answer
    using above, lowest, most, type;
    return answer;
  end if;

  query := public.webhook_search_query('{}', record_id);
  -- From there on events may not be indexed yet: they are read as they are.
  floor_id := greatest(lowest, (
    select public.webhook_uuid_v7_floor(public.webhook_uuid_v7_time(w.event_id) - interval '2 minutes')
    from public.webhook_event_words w order by w.event_id desc limit 1));
  execute concat('select coalesce(jsonb_agg(p), ''[]'') from (
      select ', columns, ' from public.webhook_events e
      where e.id < $1 and e.id >= $2', filtered, ' and public.webhook_payload_text(e.payload, ''id'') = btrim($5)
      order by e.id desc limit $3) as p')
  into answer
  using above, floor_id, most, type, record_id;
  -- Then day by day, by the index of words.
  while jsonb_array_length(answer) < most loop
    above := least(above, floor_id);
    select w.event_id into floor_id from public.webhook_event_words w where w.event_id < above and w.event_id >= lowest order by w.event_id desc limit 1;
    exit when floor_id is null;
    floor_id := greatest(lowest, public.webhook_uuid_v7_floor(date_trunc('day', public.webhook_uuid_v7_time(floor_id), 'UTC')));
    execute concat('select coalesce(jsonb_agg(p), ''[]'') from (
        select ', columns, ' from public.webhook_events e
        where e.id = any ($6) and e.id < $1 and e.id >= $2', filtered, ' and public.webhook_payload_text(e.payload, ''id'') = btrim($5)
        order by e.id desc limit $3) as p')
    into found
    using above, floor_id, most - jsonb_array_length(answer), type, record_id, public.find_event_ids(query, floor_id, above, many);
    answer := answer || found;
  end loop;
  return answer;
end
$$;
comment on function public.list_webhook_events is
  'The journal, newest first: every event between two ids, of a type, of a record, or those that made no delivery. Answers an array of most rows at most.';

create function public.webhook_event_deliveries(event_id uuid)
returns table (id uuid, webhook_id uuid, status text, attempt_count integer, last_status_code integer, last_error_kind text,
  created_at timestamptz, finished_at timestamptz)
language sql stable security invoker
set search_path = ''
as $$
  select h.id, h.webhook_id, h.status, h.attempt_count, h.last_status_code, h.last_error_kind, h.created_at, h.finished_at
  from public.webhook_history h
  where h.id in (
    select x.id from public.webhook_history x where x.event_id = webhook_event_deliveries.event_id
    union
    select l.delivery_id from public.webhook_late_deliveries l where l.event_id = webhook_event_deliveries.event_id)
  union all
  select q.id, q.webhook_id, case when q.retry_count = 0 and q.last_error_kind is distinct from 'throttled' then 'pending' else 'retrying' end,
    q.attempt_count, q.last_status_code, q.last_error_kind, q.created_at, null
  from public.webhook_queue q where q.event_id = webhook_event_deliveries.event_id or q.id in (
    select l.delivery_id from public.webhook_late_deliveries l where l.event_id = webhook_event_deliveries.event_id)
$$;
comment on function public.webhook_event_deliveries is
  'The deliveries of an event, one for each webhook that got it or is to get it. Reads a queue through.';

create function public.webhook_listens(events text[], event_type text) returns boolean
language sql immutable parallel safe
return events && array[event_type, split_part(event_type, '.', 1) || '.*'] or ('*' = any (events) and split_part(event_type, '.', 1) <> 'webhook');
comment on function public.webhook_listens is
  'Whether who listens to this list of names and patterns gets events of this type.';

create function public.get_webhook_event(event_id uuid) returns json
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
    'record_label', coalesce(e.record_label, public.webhook_record_label(e.event_type, e.payload)), 'origin', e.origin,
    'triggered_by', e.triggered_by, 'deliveries', e.deliveries, 'left_out', e.left_out, 'payload_text', e.payload::text,
    'sent_to', (
      select coalesce(json_agg(json_build_object('id', d.id, 'webhook_id', d.webhook_id, 'webhook_name', w.name, 'status', d.status,
        'attempt_count', d.attempt_count, 'last_status_code', d.last_status_code, 'last_error_kind', d.last_error_kind,
        'created_at', d.created_at, 'finished_at', d.finished_at) order by d.id), '[]')
      from delivery d left join public.webhooks w on w.id = d.webhook_id and w.deleted_at is null),
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

revoke execute on function public.list_webhook_events, public.webhook_event_deliveries, public.webhook_listens, public.get_webhook_event
from public, anon, authenticated, service_role;
grant execute on function public.list_webhook_events, public.webhook_event_deliveries, public.webhook_listens, public.get_webhook_event
to authenticated, service_role;
