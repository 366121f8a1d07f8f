-- Trigger: an event and one delivery for each active webhook that listens, in the caller's own transaction.

create function public.emit_webhook_events(events json) returns json
language plpgsql security definer -- called from other tables' triggers, by people who may not write the queue
set search_path = ''
as $$
declare
  emitted json;
begin
  if auth.uid() is not null and not public.is_webhook_member() then
    raise exception 'forbidden' using errcode = '42501', hint = 'The user needs a row in webhook_roles.';
  end if;

  perform from json_to_recordset(events) as e(event_type text, payload json)
  where e.event_type is null or not e.event_type = any (public.webhook_event_types());
  if found then
    raise exception 'unknown_event' using errcode = '22023', hint = 'See webhook_event_types() for the event types.';
  end if;
  perform from json_to_recordset(events) as e(event_type text, payload json)
  where e.payload is null;
  if found then
    raise exception 'payload_not_json' using errcode = '22023', hint = 'The payload must be JSON other than null.';
  end if;
  perform from json_to_recordset(events) as e(event_type text, payload json)
  where octet_length(e.payload::text) > 262144;
  if found then
    raise exception 'payload_too_large' using errcode = '22023', hint = 'The payload must be JSON of at most 262,144 bytes.';
  end if;

  with input as materialized (
    select e.n, e.event_type, e.payload, nullif(e.idempotency_key, '') as key, left(e.traceparent, 55) as traceparent,
      public.webhook_uuid_v7() as id
    from rows from (json_to_recordset(events) as (event_type text, payload json, idempotency_key text, traceparent text))
      with ordinality as e (event_type, payload, idempotency_key, traceparent, n)
  ), claimed_key as (
    insert into public.webhook_idempotency_keys (key, event_id)
    select i.key, i.id from input i where i.key is not null order by i.key
    on conflict (key) do nothing
    returning event_id
  ), accepted as materialized (
    select i.*, octet_length(i.payload::text) as payload_bytes from input i where i.key is null or i.id in (select k.event_id from claimed_key k)
  ), subscriber as materialized (
    select t.event_type, w.id as webhook_id
    from (select distinct a.event_type from accepted a) t
    join public.webhooks w on w.status = 'active' and w.events @> array[t.event_type]
  ), stored as (
    insert into public.webhook_events (id, event_type, payload, traceparent, deliveries)
    select a.id, a.event_type, a.payload, a.traceparent,
      (select count(*) from subscriber s where s.event_type = a.event_type)
    from accepted a
    returning id, deliveries
  ), queued as (
    insert into public.webhook_queue (webhook_id, event_id, event_type, payload_bytes)
    select s.webhook_id, a.id, a.event_type, a.payload_bytes
    from accepted a join subscriber s on s.event_type = a.event_type
  )
  select coalesce(json_agg(case
      when s.id is null then json_build_object('key', i.key)
      else json_build_object('event_id', s.id, 'deliveries', s.deliveries) end order by i.n), '[]')
  into emitted
  from input i left join stored s on s.id = i.id;

  -- Events that repeat a key answer what the first one did. A statement of its own, so that it sees
  -- a first one that another transaction committed while we waited for its key.
  perform from json_array_elements(emitted) as r where r ->> 'event_id' is null;
  if found then
    select json_agg(json_build_object(
        'event_id', coalesce(r.item ->> 'event_id', k.event_id::text),
        'deliveries', coalesce((r.item ->> 'deliveries')::integer, e.deliveries, 0)
      ) order by r.n)
    into emitted
    from json_array_elements(emitted) with ordinality as r (item, n)
    left join public.webhook_idempotency_keys k on k.key = r.item ->> 'key'
    left join public.webhook_events e on e.id = k.event_id;
  end if;
  return emitted;
end
$$;
comment on function public.emit_webhook_events is
  'Batch form of emit_webhook_event: events is an array of { event_type, payload, idempotency_key?, traceparent? }. Answers [{ event_id, deliveries }] in the same order.';

create function public.emit_webhook_event(event_type text, payload json, idempotency_key text default null) returns json
language sql security invoker
set search_path = ''
as $$
  select public.emit_webhook_events(json_build_array(json_build_object(
    'event_type', event_type, 'payload', payload, 'idempotency_key', idempotency_key))) -> 0
$$;
comment on function public.emit_webhook_event is
  'Triggers one event: stored with one pending delivery per active webhook that listens, in the caller''s transaction (the outbox). Answers { event_id, deliveries }.';

revoke execute on function public.emit_webhook_events, public.emit_webhook_event from public, anon;
grant execute on function public.emit_webhook_events, public.emit_webhook_event to authenticated, service_role;
