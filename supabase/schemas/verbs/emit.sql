-- Trigger: an event and one delivery for each active webhook that listens, in the caller's own transaction. What cannot be stored
-- or sent is refused with a code of its own; keys belong to their caller; for a record whose table tells its own changes, the
-- event of the row is answered, not doubled.

create function public.webhook_origin(said text) returns uuid
language sql stable security invoker
set search_path = ''
as $$
  select w.id from public.webhooks w
  where w.id = (
    select case when o.said ~ '^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$' then o.said::uuid end
    from (
      select coalesce(said, nullif(current_setting('devlink.origin', true), ''),
        -- As text: it is not for us to find fault with it.
        substring(current_setting('request.headers', true) from '"x-devlink-origin"\s*:\s*"([^"]*)"')) as said) as o)
$$;
comment on function public.webhook_origin is
  'The webhook on whose account somebody writes, as they say: here, in devlink.origin, or in the header X-DevLink-Origin of the request. Null where they say none that there is.';

create function public.store_webhook_events(events json, of_rows boolean) returns json
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
      left join public.webhook_event_types t on t.name = i.event_type and not public.webhook_event_is_system(t.name)
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

create function public.emit_webhook_events(events json) returns json
language plpgsql security definer -- called from other tables' triggers, by people who may not write the queue
set search_path = ''
as $$
begin
  if auth.uid() is not null and not public.is_webhook_member() then
    raise exception 'forbidden' using errcode = '42501', hint = 'The user needs a row in webhook_roles.';
  end if;
  if json_typeof(events) = 'string' then
    begin
      events := (events #>> '{}')::json;
    exception
      when statement_too_complex then -- the parser's own limit, at some thousands of levels
        raise exception 'payload_too_deep' using errcode = '22023',
          hint = 'The payload must not be nested more than 200 levels deep.';
      when untranslatable_character or invalid_text_representation then
        raise exception 'payload_not_json' using errcode = '22023', hint = 'The text given as events must be a JSON array.';
    end;
  end if;
  if auth.uid() is not null and json_array_length(events) > 1000 then
    raise exception 'validation_failed' using errcode = '22023', hint = 'At most 1,000 events in one call.';
  end if;
  return public.store_webhook_events(events, false);
end
$$;
comment on function public.emit_webhook_events is
  'Batch form of emit_webhook_event: events is an array of { event_type, payload, idempotency_key?, traceparent?, origin_webhook? }, or its text, which keeps every digit through any API. Answers [{ event_id, deliveries }] in the same order. Refuses with unknown_event, payload_not_json, payload_too_large (256 KiB), payload_too_deep (200 levels), idempotency_key_reused.';

create function public.emit_webhook_event(event_type text, payload json, idempotency_key text default null) returns json
language sql security invoker
set search_path = ''
as $$
  select public.emit_webhook_events(json_build_array(json_build_object(
    'event_type', event_type, 'payload', payload, 'idempotency_key', idempotency_key))) -> 0
$$;
comment on function public.emit_webhook_event is
  'Triggers one event: stored with one pending delivery per active webhook that listens, in the caller''s transaction (the outbox). Answers { event_id, deliveries }.';

create function public.try_webhook_events(events text[]) returns json[]
language plpgsql security invoker
set search_path = ''
as $$
declare
  half constant integer := cardinality(events) / 2;
  emitted json[];
  state text;
  said text;
begin
  begin
    select coalesce(array_agg(e.answer order by e.n), '{}') into emitted
    from json_array_elements(public.emit_webhook_events(('[' || array_to_string(events, ',', 'null') || ']')::json))
      with ordinality as e (answer, n);
    if cardinality(emitted) <> cardinality(events) then
      raise exception 'payload_not_json' using errcode = '22023', hint = 'Each text is the JSON of one event.';
    end if;
    return emitted;
  exception
    -- What is wrong with an event; a missing right, a lock or too little time is nobody's alone.
    when data_exception or integrity_constraint_violation or program_limit_exceeded then
      get stacked diagnostics state = returned_sqlstate, said = message_text;
  end;
  if half = 0 then
    return array[json_build_object('code', state, 'message', said)];
  end if;
  return public.try_webhook_events(events[: half]) || public.try_webhook_events(events[half + 1 :]);
end
$$;
comment on function public.try_webhook_events is
  'What emit_webhook_events_each does once it knows that they are not too many. Halves a refused list until each refused event stands alone: one among a thousand costs some twenty more tries.';

create function public.emit_webhook_events_each(events text[], patience_ms integer default null) returns json
language plpgsql security invoker
set search_path = ''
as $$
begin
  if cardinality(events) > 1000 then
    raise exception 'validation_failed' using errcode = '22023', hint = 'At most 1,000 events in one call.';
  end if;
  if patience_ms is not null then
    perform set_config('lock_timeout', least(greatest(patience_ms, 50), 500) || 'ms', true);
  end if;
  return array_to_json(public.try_webhook_events(events));
end
$$;
comment on function public.emit_webhook_events_each is
  'As emit_webhook_events, but what is refused is refused alone: events are texts, each the JSON { event_type, payload, idempotency_key?, traceparent?, origin_webhook? }. Answers in the same order { event_id, deliveries } or { code, message }: the SQLSTATE and the reason, as emit_webhook_events raises them. Waits patience_ms, 50 to 500, for any lock (55P03, and nothing is stored); without it as long as a statement may.';

create function public.forget_row_events(max_rows integer) returns integer
language plpgsql security invoker
set search_path = ''
as $$
declare
  forgotten integer;
begin
  -- The table holds minutes: reading it costs less than an index by time would, for each event.
  delete from public.webhook_row_events r where r.ctid = any (array(
    select x.ctid from public.webhook_row_events x
    where x.event_id < public.webhook_uuid_v7_floor(now() - interval '5 minutes')
    limit max_rows for update skip locked));
  get diagnostics forgotten = row_count;
  return forgotten;
end
$$;
comment on function public.forget_row_events is
  'A chore: forgets row events after 5 minutes, at most so many. Answers how many.';

revoke execute on function public.webhook_origin, public.store_webhook_events, public.emit_webhook_events, public.emit_webhook_event,
  public.try_webhook_events, public.emit_webhook_events_each, public.forget_row_events
from public, anon, authenticated, service_role;
grant execute on function public.emit_webhook_events, public.emit_webhook_event, public.try_webhook_events,
  public.emit_webhook_events_each
to authenticated, service_role;
grant execute on function public.forget_row_events
to service_role;
