-- A number that grows with each event of a record: receivers see what is older, and order is kept by it.

create sequence public.webhook_event_sequence;
revoke all on sequence public.webhook_event_sequence from public, anon, authenticated, service_role;

alter table public.webhook_events add column sequence bigint;
comment on column public.webhook_events.sequence is
  'Grows with each event, in the order in which the changes of a record were made; with gaps. Null for tests, for what the system itself tells, and for what was stored before there was one.';

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
  ids uuid[];
  stores boolean[]; -- which of them are new events
  fault text;
  claimed uuid[];
  own uuid;
  emitted json;
begin
  begin
    select array_agg(e.event_type), array_agg(e.payload), array_agg(nullif(e.idempotency_key, '')),
      array_agg(left(e.traceparent, 55)), array_agg(public.webhook_uuid_v7()), array_agg(nullif(e.idempotency_key, '') is null),
      (array_agg(e.fault) filter (where e.fault is not null))[1]
    into types, payloads, keys, traces, ids, stores, fault
    from (
      select i.*, case
          when i.event_type is null or not i.event_type = any (public.webhook_event_types()) then 'unknown_event'
          when i.payload is null then 'payload_not_json'
          when octet_length(i.payload::text) > 262144 then 'payload_too_large'
          when octet_length(i.payload::text) > 401 and public.webhook_json_is_deep(i.payload) then 'payload_too_deep'
          when char_length(i.idempotency_key) > 255 then 'validation_failed'
        end as fault
      from rows from (json_to_recordset(events) as (event_type text, payload json, idempotency_key text, traceparent text))
        with ordinality as i (event_type, payload, idempotency_key, traceparent, n)
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
      delete from public.webhook_row_events r where r.event_id = (
        select x.event_id from public.webhook_row_events x
        where x.event_type = types[i] and x.record_id = payloads[i] ->> 'id'
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

  with accepted as materialized (
    select i.n, i.id, i.event_type, i.payload, i.traceparent, octet_length(i.payload::text) as payload_bytes,
      nextval('public.webhook_event_sequence') as sequence
    from unnest(ids, types, payloads, traces, stores) with ordinality as i (id, event_type, payload, traceparent, is_new, n)
    where i.is_new
  ), subscriber as materialized (
    select t.event_type, w.id as webhook_id
    from (select distinct a.event_type from accepted a) t
    join public.webhooks w on w.status = 'active' and w.events @> array[t.event_type]
  ), stored as (
    insert into public.webhook_events (id, event_type, payload, traceparent, sequence, deliveries)
    select a.id, a.event_type, a.payload, a.traceparent, a.sequence,
      (select count(*) from subscriber s where s.event_type = a.event_type)
    from accepted a
    returning id, deliveries
  ), queued as (
    insert into public.webhook_queue (webhook_id, event_id, event_type, payload_bytes)
    select s.webhook_id, a.id, a.event_type, a.payload_bytes
    from accepted a join subscriber s on s.event_type = a.event_type
  )
  select json_agg(json_build_object('event_id', s.id, 'deliveries', s.deliveries) order by a.n) into emitted
  from accepted a join stored s on s.id = a.id;

  if of_rows then
    insert into public.webhook_row_events (event_id, event_type, record_id)
    select i.id, i.event_type, i.payload ->> 'id'
    from unnest(ids, types, payloads) as i (id, event_type, payload)
    where i.payload ->> 'id' is not null;
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

create or replace function public.webhook_delivery_batch(leased public.webhook_queue[]) returns json
language sql stable security invoker
set search_path = ''
as $$
  with item as materialized (select * from unnest(leased))
  select json_build_object(
    'webhooks', coalesce((
      select json_object_agg(w.id, json_build_object(
        'url', w.url, 'headers', w.headers, 'body_format', w.body_format, 'timeout_ms', w.timeout_ms,
        'transform_script', case when w.transform_enabled then w.transform_script end,
        'retry_enabled', w.retry_enabled, 'retry_refusals', w.retry_refusals,
        'max_retries', w.max_retries, 'retry_delay', w.retry_delay,
        'max_in_flight', w.max_in_flight, 'seed_signature_enabled', w.seed_signature_enabled,
        'secret_key', s.secret_key,
        'signing_secrets', case when s.previous_expires_at > now()
          then json_build_array(s.signing_secret, s.previous_signing_secret)
          else json_build_array(s.signing_secret) end))
      from public.webhooks w join public.webhook_secrets s on s.webhook_id = w.id
      where w.id in (select i.webhook_id from item i)), '{}'),
    'events', coalesce((
      select json_object_agg(e.id, json_build_object(
        -- As text: no depth and no number in it can spoil the answer for the others.
        'event_type', e.event_type, 'payload', e.payload::text, 'occurred_at', e.occurred_at, 'traceparent', e.traceparent,
        'sequence', e.sequence))
      from public.webhook_events e where e.id in (select i.event_id from item i)), '{}'),
    'items', coalesce((
      select json_agg(json_build_object(
        'id', i.id, 'fence', i.fence, 'webhook_id', i.webhook_id, 'event_id', i.event_id,
        'retry_count', i.retry_count, 'attempt_count', i.attempt_count, 'is_test', i.is_test,
        'lease_ms', (extract(epoch from i.locked_until - clock_timestamp()) * 1000)::integer))
      from item i), '[]')
  )
$$;
