-- Order: an ordered webhook's deliveries of one record go out one after the other. One of them has the record's turn and is in the
-- lanes of every delivery; the others stand behind it, where no claim looks. Whose turn it is, is decided by one claim at a time.

create function public.after_turn_ended() returns trigger
language plpgsql security definer -- whoever ends a delivery: a drain, a person, a job
set search_path = ''
set enable_seqscan = off
set enable_bitmapscan = off
as $$
begin
  if (select w.ordered and w.order_waits from public.webhooks w where w.id = old.webhook_id) then
    -- What a person cancelled is decided.
    if old.turn = 1 and exists (select from public.webhook_history h
      where h.id = old.id and h.status = 'failed' and h.last_error_kind is distinct from 'cancelled')
    then
      insert into public.webhook_stopped_records (webhook_id, record_id, delivery_id)
      values (old.webhook_id, old.record_id, old.id)
      on conflict (webhook_id, record_id) do update set delivery_id = excluded.delivery_id, stopped_at = now();
      return null;
    end if;
    delete from public.webhook_stopped_records s where s.webhook_id = old.webhook_id and s.record_id = old.record_id
      and (old.turn = 1 or s.delivery_id = old.id);
  end if;
  if old.turn = 0 then
    -- It was to be looked at on account of others, perhaps.
    insert into public.webhook_order_notes (webhook_id, record_id)
    select old.webhook_id, old.record_id
    where exists (
      select from public.webhook_queue x where x.webhook_id = old.webhook_id and x.record_id = old.record_id and x.turn = 2);
    return null;
  end if;
  update public.webhook_queue q set turn = 0, due_at = greatest(q.due_at, now())
  where q.id = (
    select x.id from public.webhook_queue x
    where x.webhook_id = old.webhook_id and x.record_id = old.record_id and x.turn = 2
    order by x.sequence limit 1 for no key update skip locked);
  if not found and exists (
    select from public.webhook_queue x where x.webhook_id = old.webhook_id and x.record_id = old.record_id and x.turn = 2)
  then
    insert into public.webhook_order_notes (webhook_id, record_id) values (old.webhook_id, old.record_id);
  end if;
  return null;
end
$$;
comment on function public.after_turn_ended is
  'The record''s next delivery is looked at, whatever became of the one that had its turn; unless that one failed and the webhook waits for a person then. Waits for nobody: where somebody has the next one locked, a note is left.';

create function public.give_webhook_turns(after_webhook uuid, floor timestamptz, behind public.webhook_queue_place[]) returns integer
language plpgsql security invoker
set search_path = ''
-- As in claim_webhook_deliveries.
set enable_seqscan = off
set enable_bitmapscan = off
set enable_mergejoin = off
set enable_hashjoin = off
as $$
declare
  most constant integer := 500; -- deliveries looked at in one call, and half as many of one webhook
  most_records constant integer := 100; -- that somebody noted
  first_uuid constant uuid := '00000000-0000-0000-0000-000000000000';
  unchecked tid[];
  remain boolean;
  noted boolean;
begin
  -- One at a time over all drains: two of them would give a record two turns. Who comes second leaves it to the first.
  if not pg_try_advisory_xact_lock(hashtextextended('webhook_turns', 0)) then
    return 20;
  end if;

  with recursive known as materialized (
    select k.* from unnest(behind) as k
  ), walk as (
    select coalesce(after_webhook, first_uuid) as webhook_id, 0 as n, '{}'::tid[] as rows, 0::bigint as found
    union all
    select next.webhook_id, walk.n + 1, part.rows, walk.found + cardinality(part.rows)
    from walk
    cross join lateral (
      select least(
        (select q.webhook_id from public.webhook_queue q
          where q.turn = 0 and q.webhook_id > walk.webhook_id and q.due_at >= floor order by q.webhook_id limit 1),
        (select k.webhook_id from known k where k.webhook_id > walk.webhook_id order by k.webhook_id limit 1)) as webhook_id
    ) as next
    left join known place on place.webhook_id = next.webhook_id
    cross join lateral (
      select coalesce(array_agg(x.row), '{}') as rows from (
        select q.ctid as row from public.webhook_queue q
        where q.turn = 0 and q.webhook_id = next.webhook_id and q.due_at >= coalesce(place.since, floor)
        order by q.due_at, q.id limit most / 2) as x
    ) as part
    where walk.found < most and walk.n < most and next.webhook_id is not null
  )
  select array_agg(x.row), max(walk.found) >= most or bool_or(cardinality(walk.rows) = most / 2)
  into unchecked, remain
  from walk left join lateral unnest(walk.rows) as x (row) on true;

  if exists (select from public.webhook_order_notes n where n.record_id is null) then
    -- A webhook that no longer waits for anybody: its records go on.
    with resumed as (
      delete from public.webhook_stopped_records s where s.ctid = any (array(
        select x.ctid from public.webhook_order_notes n
        join public.webhooks w on w.id = n.webhook_id and not (w.ordered and w.order_waits)
        join public.webhook_stopped_records x on x.webhook_id = n.webhook_id
        where n.record_id is null
        limit most_records for update of x skip locked))
      returning s.webhook_id, s.record_id
    )
    insert into public.webhook_order_notes (webhook_id, record_id) select r.webhook_id, r.record_id from resumed r;
    if not found then
      delete from public.webhook_order_notes n where n.record_id is null;
    end if;
  end if;

  -- In a statement that begins with the lock held: it sees what whoever had it before has decided.
  with batch as materialized (
    select q.id, q.webhook_id, q.record_id from public.webhook_queue q
    where q.ctid = any (unchecked) and q.turn = 0
    for no key update of q skip locked
  ), note as (
    delete from public.webhook_order_notes n where n.ctid = any (array(
      select x.ctid from public.webhook_order_notes x where x.record_id is not null order by x.id limit most_records
      for update of x skip locked))
    returning n.webhook_id, n.record_id
  ), record as materialized (
    select b.webhook_id, b.record_id from batch b union select n.webhook_id, n.record_id from note n
  ), state as materialized (
    select r.webhook_id, r.record_id, turn.id as turn, first.id as first
    from record r
    left join lateral (
      select q.id from public.webhook_queue q
      where q.webhook_id = r.webhook_id and q.record_id = r.record_id and q.turn = 1 limit 1
    ) as turn on true
    left join public.webhook_stopped_records stop on stop.webhook_id = r.webhook_id and stop.record_id = r.record_id
    left join lateral (
      select x.id from (
        (select q.id, q.sequence from public.webhook_queue q
          where stop.delivery_id is null and q.webhook_id = r.webhook_id and q.record_id = r.record_id and q.turn = 0
          order by q.sequence limit 1)
        union all
        (select q.id, q.sequence from public.webhook_queue q
          where stop.delivery_id is null and q.webhook_id = r.webhook_id and q.record_id = r.record_id and q.turn = 2
          order by q.sequence limit 1)
        union all
        -- Only the one that failed, sent again, goes before a person has decided.
        (select q.id, q.sequence from public.webhook_queue q where q.id = stop.delivery_id and q.turn in (0, 2))
      ) as x
      where turn.id is null
      order by x.sequence, x.id limit 1
    ) as first on true
  ), kept as materialized (
    -- Who has the turn cannot end before this transaction has: else nobody would see whom it leaves behind.
    select q.id from public.webhook_queue q
    where q.id = any (array(select s.turn from state s where s.turn is not null))
    for key share of q skip locked
  ), ready as materialized (
    select q.id from public.webhook_queue q
    where q.id = any (array(select s.first from state s where s.first is not null)) and q.turn in (0, 2)
    for no key update of q skip locked
  ), given as (
    update public.webhook_queue q set turn = 1, due_at = greatest(q.due_at, now())
    where q.id = any (array(select r.id from ready r))
  ), behind_it as (
    update public.webhook_queue q set turn = 2
    where q.id = any (array(select b.id from batch b where b.id not in (select r.id from ready r)))
  ), unsure as (
    -- Somebody has it locked: its record is looked at again.
    insert into public.webhook_order_notes (webhook_id, record_id)
    select s.webhook_id, s.record_id from state s
    where (s.turn is not null and s.turn not in (select k.id from kept k))
      or (s.first is not null and s.first not in (select r.id from ready r))
    returning 1
  )
  select exists (select from unsure) into noted;
  return case when remain then 0 when noted then 100 end;
end
$$;
comment on function public.give_webhook_turns is
  'Looks at deliveries of ordered webhooks that are new or come after one that has ended: of each record the first one gets the turn, the others stand behind it. Called by claims, for what they look at. Answers in how many milliseconds there is more to be looked at; null when there is not.';

create function public.pass_over_webhook_delivery(delivery_id uuid) returns boolean
language plpgsql security definer -- people may not write it
set search_path = ''
as $$
#variable_conflict use_column
declare
  stopped public.webhook_stopped_records;
begin
  if auth.uid() is not null and not public.is_webhook_admin() then
    raise exception 'forbidden' using errcode = '42501';
  end if;
  delete from public.webhook_stopped_records s where s.delivery_id = pass_over_webhook_delivery.delivery_id
  returning s.* into stopped;
  if not found then
    return false;
  end if;
  insert into public.webhook_order_notes (webhook_id, record_id) values (stopped.webhook_id, stopped.record_id);
  return true;
end
$$;
comment on function public.pass_over_webhook_delivery is
  'Goes on with the record for which this failed delivery stopped its webhook (order_waits). False when none waits for it.';

revoke execute on function public.after_turn_ended, public.give_webhook_turns, public.pass_over_webhook_delivery
from public, anon, authenticated, service_role;
grant execute on function public.give_webhook_turns
to service_role;
grant execute on function public.pass_over_webhook_delivery
to authenticated, service_role;

create or replace function public.webhook_record_key(id text) returns text
language sql immutable parallel safe
return case when octet_length(id) <= 500 then id else md5(id) end;
comment on function public.webhook_record_key is
  'A record''s id as an index can hold it.';
revoke execute on function public.webhook_record_key
from public, anon, authenticated, service_role;

-- Only of ordered webhooks. After the statement: what it wrote to the history is seen.
create trigger after_turn_ended after delete on public.webhook_queue
  for each row when (old.turn in (0, 1)) execute function public.after_turn_ended();

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

  with subscriber as materialized (
    select t.event_type, w.id as webhook_id, w.ordered
    from (select distinct i.event_type from unnest(types, stores) as i (event_type, is_new) where i.is_new) t
    join public.webhooks w on w.status = 'active' and w.events @> array[t.event_type]
  ), accepted as materialized (
    select i.n, i.id, i.event_type, i.payload, i.traceparent, octet_length(i.payload::text) as payload_bytes,
      nextval('public.webhook_event_sequence') as sequence,
      case when i.event_type in (select s.event_type from subscriber s where s.ordered)
        then public.webhook_record_key(i.payload ->> 'id') end as record_id
    from unnest(ids, types, payloads, traces, stores) with ordinality as i (id, event_type, payload, traceparent, is_new, n)
    where i.is_new
  ), stored as (
    insert into public.webhook_events (id, event_type, payload, traceparent, sequence, deliveries)
    select a.id, a.event_type, a.payload, a.traceparent, a.sequence,
      (select count(*) from subscriber s where s.event_type = a.event_type)
    from accepted a
    returning id, deliveries
  ), queued as (
    insert into public.webhook_queue (webhook_id, event_id, event_type, payload_bytes, record_id, sequence, turn)
    select s.webhook_id, a.id, a.event_type, a.payload_bytes, case when s.ordered then a.record_id end,
      case when s.ordered and a.record_id is not null then a.sequence end,
      case when s.ordered and a.record_id is not null then 0 end
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

create or replace function public.redeliver_webhook_deliveries(delivery_ids uuid[]) returns json
language plpgsql security definer -- people may not write the queue
set search_path = ''
set enable_seqscan = off
set enable_bitmapscan = off
set enable_mergejoin = off
set enable_hashjoin = off
as $$
declare
  answer json;
begin
  if auth.uid() is not null and not public.is_webhook_admin() then
    raise exception 'forbidden' using errcode = '42501';
  end if;
  -- A step of a job names more of them than a person.
  if cardinality(delivery_ids) > (case when auth.uid() is null then 5000 else 1000 end) then
    raise exception 'validation_failed' using errcode = '22023', hint = 'At most 1,000 ids in one call; replay_failed_deliveries takes all of a time.';
  end if;

  with asked as materialized (
    select distinct id from unnest(delivery_ids) as id
  ), allowed as materialized (
    select a.id, d.webhook_id, w.status = 'active' or d.is_test as active
    from asked a
    cross join lateral (
      select q.webhook_id, q.is_test from public.webhook_queue q where q.id = a.id
      union all
      select h.webhook_id, h.is_test from public.webhook_history h where h.id = a.id) d
    join public.webhooks w on w.id = d.webhook_id and w.deleted_at is null
  ), probed as (
    -- Somebody who asks for a delivery is worth a probe of a receiver that is being spared.
    update public.webhook_health h set paused_until = now()
    where h.paused_until > now() and h.webhook_id in (select a.webhook_id from allowed a where a.active)
  ), free as materialized (
    select q.id from public.webhook_queue q
    where q.id = any (array(select a.id from allowed a where a.active)) and (q.locked_until is null or q.locked_until < now())
    for update of q skip locked
  ), advanced as (
    update public.webhook_queue q set due_at = now()
    where q.id = any (array(select f.id from free f))
    returning q.id
  ), reopened as (
    delete from public.webhook_history h where h.id = any (array(select a.id from allowed a where a.active))
    returning h.*
  ), queued as (
    insert into public.webhook_queue (id, webhook_id, event_id, event_type, is_test, attempt_count, fence, payload_bytes,
      last_status_code, last_error_kind, last_error, last_duration_ms, created_at, record_id, sequence, turn)
    select r.id, r.webhook_id, r.event_id, r.event_type, r.is_test, r.attempt_count, r.fence + 1, coalesce(octet_length(e.payload::text), 0),
      r.last_status_code, r.last_error_kind, r.last_error, r.last_duration_ms, r.created_at,
      record.id, case when record.id is not null then e.sequence end, case when record.id is not null then 0 end
    from reopened r
    left join public.webhook_events e on e.id = r.event_id
    cross join lateral (
      select case when e.sequence is not null and (select w.ordered from public.webhooks w where w.id = r.webhook_id)
        then public.webhook_record_key(e.payload ->> 'id') end as id
      offset 0 -- once
    ) as record
    returning id
  )
  -- Looked up, not joined: without hash and merge joins that would compare each with each.
  select coalesce(json_agg(json_build_object('id', a.id, 'result', case
      when a.id in (select id from advanced union all select id from queued) then 'queued'
      when a.id in (select l.id from allowed l where l.active) then 'in_flight'
      when a.id in (select l.id from allowed l) then 'webhook_inactive'
      else 'not_found' end)), '[]')
  into answer
  from asked a;
  return answer;
end
$$;

create or replace function public.webhook_backlog()
returns table (webhook_id uuid, held text, oldest_due timestamptz)
language sql stable security invoker
set search_path = ''
set enable_seqscan = off
set enable_bitmapscan = off
set enable_mergejoin = off
set enable_hashjoin = off
as $$
  with recursive webhook as (
    (select q.webhook_id from public.webhook_queue q order by q.webhook_id limit 1)
    union all
    select next.webhook_id from webhook cross join lateral (
      select q.webhook_id from public.webhook_queue q where q.webhook_id > webhook.webhook_id order by q.webhook_id limit 1) as next
  )
  select x.webhook_id,
    case
      when gate.closed is not null then gate.closed
      when slot.free is null then null
      when slot.busy >= gate.slots
        or (gate.rate_limit is not null and public.webhook_pace_allowance(gate.next_at, gate.rate_limit, now()) <= 0) then 'limited'
    end,
    coalesce(slot.free, head.due_at)
  from webhook x
  join public.webhook_gates gate on gate.webhook_id = x.webhook_id
  cross join lateral (
    select min(h.due_at) as due_at from (
      (select q.due_at from public.webhook_queue q where q.webhook_id = x.webhook_id and q.lane = 0 order by q.due_at, q.id limit 1)
      union all
      (select q.due_at from public.webhook_queue q where q.webhook_id = x.webhook_id and q.lane = 1 order by q.due_at, q.id limit 1)
      union all
      (select q.due_at from public.webhook_queue q where q.webhook_id = x.webhook_id and q.turn = 0 order by q.due_at, q.id limit 1)) as h
  ) as head
  cross join lateral (
    select min(d.due_at) filter (where (d.locked_until > now()) is not true) as free,
      count(*) filter (where d.locked_until > now()) as busy
    from (
      (select q.due_at, q.locked_until from public.webhook_queue q
        where gate.closed is null and q.webhook_id = x.webhook_id and q.lane = 0 and q.due_at <= now()
          and q.due_at > coalesce(gate.cancel_before, '-infinity') and q.created_at > coalesce(gate.cancel_before, '-infinity')
        -- One more than may be under way: what waits behind them is seen.
        order by q.due_at, q.id limit gate.max_in_flight + 1)
      union all
      (select q.due_at, q.locked_until from public.webhook_queue q
        where gate.closed is null and q.webhook_id = x.webhook_id and q.lane = 1 and q.due_at <= now()
          and q.due_at > coalesce(gate.cancel_before, '-infinity') and q.created_at > coalesce(gate.cancel_before, '-infinity')
        order by q.due_at, q.id limit (gate.max_in_flight + 1) / 2)
      union all
      (select q.due_at, q.locked_until from public.webhook_queue q
        where gate.closed is null and q.webhook_id = x.webhook_id and q.turn = 0 and q.due_at <= now()
          and q.due_at > coalesce(gate.cancel_before, '-infinity') and q.created_at > coalesce(gate.cancel_before, '-infinity')
        order by q.due_at, q.id limit 1)
    ) as d
  ) as slot
  where head.due_at <= now() and (gate.closed is not null or slot.free is not null)
$$;

create or replace function public.webhook_queue_figures() returns json
language sql stable security invoker
set search_path = ''
as $$
  with backlog as materialized (
    select * from public.webhook_backlog()
  ), ago as (
    -- Whole milliseconds since a moment.
    select w.worker, (extract(epoch from now() - w.last_exchange_at) * 1000)::bigint as exchange,
      (extract(epoch from now() - w.last_settled_at) * 1000)::bigint as settled
    from public.webhook_workers w where w.last_exchange_at > now() - interval '1 hour'
  )
  select json_build_object(
    'schema_version', public.webhook_schema_version(),
    'oldest_claimable_ms', (
      select (extract(epoch from now() - min(b.oldest_due)) * 1000)::bigint from backlog b where b.held is null),
    'deliveries', (
      select json_build_object(
        'in_flight', count(*) filter (where q.locked_until > now()),
        'pending', count(*) filter (where (q.locked_until > now()) is not true and q.lane <> 1),
        'retrying', count(*) filter (where (q.locked_until > now()) is not true and q.lane = 1))
      from (select q.locked_until, q.lane from public.webhook_queue q limit 100000) as q),
    'held', (
      select json_build_object(
        'inactive', count(*) filter (where b.held = 'inactive'), 'paused', count(*) filter (where b.held = 'paused'),
        'throttled', count(*) filter (where b.held = 'throttled'), 'limited', count(*) filter (where b.held = 'limited'))
      from backlog b),
    'breakers', (
      select json_build_object(
        'open', count(*) filter (where h.paused_until > now()),
        'half_open', count(*) filter (where h.paused_until <= now()))
      from public.webhook_health h),
    'breaker_openings', (select coalesce(sum(h.pauses), 0) from public.webhook_health h),
    'webhooks_failing', (select count(*) from public.webhook_health h),
    'webhooks', (
      select json_build_object(
        'active', count(*) filter (where w.status = 'active'),
        'inactive', count(*) filter (where w.status = 'inactive' and w.disabled_reason is null),
        'disabled', count(*) filter (where w.disabled_reason is not null))
      from public.webhooks w where w.deleted_at is null),
    'workers', (
      select coalesce(json_agg(json_build_object('worker', a.worker, 'last_exchange_ms', a.exchange, 'last_settled_ms', a.settled)
        order by a.exchange), '[]')
      from ago a),
    'chores', (
      select coalesce(json_agg(json_build_object('chore', c.chore,
        'last_success_ms', (extract(epoch from now() - c.last_success_at) * 1000)::bigint,
        'last_failure_ms', (extract(epoch from now() - c.last_failure_at) * 1000)::bigint, 'error', c.error) order by c.chore), '[]')
      from public.webhook_chores c),
    'jobs', (
      select json_build_object('running', count(*) filter (where j.state = 'running'),
        'failed', count(*) filter (where j.state = 'failed' and j.finished_at > now() - interval '1 day'))
      from public.webhook_jobs j))
$$;

create or replace function public.after_webhook_update() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  if new.deleted_at is not null or new.cancel_before is distinct from old.cancel_before then
    return null; -- a verb's doing, which keeps its own record
  end if;
  insert into public.webhook_audit_log (webhook_id, action) values (new.id, 'updated');
  if new.status = 'active' and (old.status = 'inactive' or new.url <> old.url or new.headers <> old.headers
    or new.timeout_ms <> old.timeout_ms) then
    delete from public.webhook_health h where h.webhook_id = new.id;
    delete from public.webhook_holds h where h.webhook_id = new.id;
  end if;
  if old.ordered and old.order_waits and not (new.ordered and new.order_waits) then
    insert into public.webhook_order_notes (webhook_id) values (new.id);
  end if;
  if new.rate_limit is null then
    delete from public.webhook_pace p where p.webhook_id = new.id;
  else
    insert into public.webhook_pace (webhook_id) values (new.id) on conflict do nothing;
  end if;
  return null;
end
$$;

create or replace function public.after_webhook_delete() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  delete from public.webhook_marks m using gone g where m.webhook_id = g.id;
  delete from public.webhook_stopped_records s using gone g where s.webhook_id = g.id;
  return null;
end
$$;
