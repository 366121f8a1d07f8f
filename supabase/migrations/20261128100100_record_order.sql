-- A record's turn: an ordered webhook's deliveries of one record go out one after the other; changes that come soon after one another
-- may be one delivery; a retry that is out of date is not sent; a receiver may do without its own changes.

create function public.after_turn_ended() returns trigger
language plpgsql security definer -- whoever ends a delivery: a drain, a person, a job
set search_path = ''
set enable_seqscan = off
set enable_bitmapscan = off
as $$
begin
  if (select w.ordered and w.order_waits from public.webhooks w where w.id = old.webhook_id) then
    -- What a person cancelled or erased is decided.
    if old.turn = 1 and exists (select from public.webhook_history h
      where h.id = old.id and h.status = 'failed' and h.last_error_kind in ('cancelled', 'erased') is not true)
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

-- Only of ordered webhooks. After the statement: what it wrote to the history is seen.
create trigger after_turn_ended after delete on public.webhook_queue
  for each row when (old.turn in (0, 1)) execute function public.after_turn_ended();

create function public.coalesce_webhook_deliveries(event_ids uuid[]) returns void
language plpgsql security invoker -- called by store_webhook_events, as its owner
set search_path = ''
set enable_seqscan = off
set enable_bitmapscan = off
as $$
declare
  most_bytes constant integer := 262144; -- as one event may have
  most_events constant integer := 500;
  newer record;
  waiting public.webhook_queue;
begin
  for newer in
    select q.id, q.webhook_id, q.record_id, q.event_type, q.event_id, q.sequence, q.payload_bytes,
      w.ordered, make_interval(secs => w.coalesce_seconds) as span
    from unnest(event_ids) as i (id)
    join public.webhook_events e on e.id = i.id and right(e.event_type, 8) = '.updated'
    cross join public.webhooks w
    join public.webhook_queue q on q.webhook_id = w.id and q.record_id = public.webhook_record_key(e.payload ->> 'id')
      and q.sequence = e.sequence and q.event_id = e.id
    where w.coalesce_seconds > 0 and w.status = 'active'
    order by q.sequence
  loop
    select q.* into waiting from public.webhook_queue q
    where q.webhook_id = newer.webhook_id and q.record_id = newer.record_id and q.event_type = newer.event_type
      and q.sequence < newer.sequence
      -- Nobody has begun with it, not even somebody who was lost.
      and q.fence = 0
      and q.payload_bytes + newer.payload_bytes <= most_bytes and coalesce(cardinality(q.merged), 1) < most_events
      -- In order, not past what happened in between.
      and not (newer.ordered and exists (
        select from public.webhook_queue x
        where x.webhook_id = newer.webhook_id and x.record_id = newer.record_id
          and x.sequence > q.sequence and x.sequence < newer.sequence))
    order by q.sequence desc limit 1
    for no key update of q skip locked;
    continue when not found;
    update public.webhook_queue q set
      merged = coalesce(q.merged, array[q.event_id]) || newer.event_id, event_id = newer.event_id, sequence = newer.sequence,
      payload_bytes = q.payload_bytes + newer.payload_bytes,
      due_at = least(now() + newer.span, q.created_at + 5 * newer.span)
    where q.id = waiting.id;
    delete from public.webhook_queue q where q.id = newer.id;
    -- Neither event has a delivery of its own, and of its time.
    insert into public.webhook_late_deliveries (webhook_id, event_id, delivery_id)
    values (newer.webhook_id, waiting.event_id, waiting.id), (newer.webhook_id, newer.event_id, waiting.id)
    on conflict do nothing;
  end loop;
end
$$;
comment on function public.coalesce_webhook_deliveries is
  'Makes the deliveries of these new events part of those of the same record and type that still wait, for webhooks that have it so. What is being sent, or locked by somebody, is left alone.';

create function public.webhook_merged_payload(event_ids uuid[]) returns text
language sql stable security invoker
set search_path = ''
as $$
  with event as materialized (
    select i.n, e.payload, json_typeof(e.payload -> 'changes') = 'object' as has_changes,
      json_typeof(e.payload -> 'previous') = 'object' as has_previous
    from unnest(event_ids) with ordinality as i (id, n)
    join public.webhook_events e on e.id = i.id
  ), changed as (
    select distinct on (c.key) c.key, c.value
    from event e cross join json_each(case when e.has_changes then e.payload -> 'changes' else '{}' end) as c
    order by c.key, e.n desc
  ), before as (
    select distinct on (c.key) c.key, c.value
    from event e cross join json_each(case when e.has_previous then e.payload -> 'previous' else '{}' end) as c
    order by c.key, e.n
  ), difference as (
    -- What was changed and changed back is no change.
    select c.key, c.value, b.value as previous
    from changed c left join before b on b.key = c.key
    where b.value is null or (b.value::text <> c.value::text and public.webhook_jsonb(b.value) is distinct from public.webhook_jsonb(c.value))
  )
  select json_object_agg(f.key, case
      when f.key = 'changes' and l.has_changes then (select coalesce(json_object_agg(d.key, d.value order by d.key), '{}') from difference d)
      when f.key = 'previous' and l.has_previous then (
        select coalesce(json_object_agg(d.key, d.previous order by d.key) filter (where d.previous is not null), '{}') from difference d)
      else f.value end)::text
  from (select e.* from event e order by e.n desc limit 1) as l
  cross join json_each(l.payload) as f
$$;
comment on function public.webhook_merged_payload is
  'One payload of several updates of a record, oldest first: the last one, with all their changes, each field''s last value and its first previous one. Null where none of them is there any more.';

revoke execute on function public.coalesce_webhook_deliveries, public.webhook_merged_payload
from public, anon, authenticated, service_role;
grant execute on function public.webhook_merged_payload
to authenticated, service_role;

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
revoke execute on function public.webhook_origin
from public, anon, authenticated, service_role;

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
      from item i), '[]'),
    'apart', (
      select json_object_agg(i.id, json_build_object(
        'payload', case when i.merged is not null then public.webhook_merged_payload(i.merged) end,
        'superseded_by', case when i.retry_count > 0 then (
          select s.delivery_id from public.webhook_record_states s join public.webhooks w on w.id = s.webhook_id
          where s.webhook_id = i.webhook_id and s.record_id = i.record_id and s.sequence > i.sequence and w.stale_retries = 'skip') end))
      from item i where i.record_id is not null and (i.merged is not null or i.retry_count > 0))
  )
$$;
comment on function public.webhook_delivery_batch is
  'Everything a drain needs to attempt the leased deliveries: each webhook''s configuration once, each event once, the items.';

create or replace function public.claim_webhook_deliveries(
  max_items integer, worker text, after_webhook uuid default null, max_payload integer default null
) returns json
language plpgsql security invoker
set search_path = ''
-- A plan is kept for as long as its connection lives. One that was made while the queue was short would read and sort
-- all of it when it is long.
set enable_seqscan = off
set enable_bitmapscan = off
set enable_mergejoin = off
set enable_hashjoin = off
set plan_cache_mode = force_generic_plan -- so a plan for the values of a call only costs time
as $$
declare
  max_webhooks constant integer := 500; -- looked at in one call
  first_uuid constant uuid := '00000000-0000-0000-0000-000000000000';
  last_uuid constant uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
  max_bytes constant bigint := 8 * 1024 * 1024; -- of payloads in one answer, about: one may have 256 KiB
  this_span constant timestamptz := date_bin('10 seconds', now(), '2000-01-01T00:00:00Z'); -- of webhook_marks
  floor timestamptz; -- of what this drain looks at, and of the webhooks that are behind it
  behind public.webhook_queue_place[];
  leased public.webhook_queue[];
  resume_after uuid;
  wait_ms integer;
  in_flight_elsewhere integer;
  turns_ms integer; -- until there are turns to be given
begin
  select w.floor, w.behind into floor, behind
  from public.webhook_workers w
  where w.worker = claim_webhook_deliveries.worker and w.last_exchange_at > now() - interval '1 minute'; -- else nobody looked lately
  floor := coalesce(floor, '-infinity');
  if exists (select from public.webhook_queue q where q.turn = 0 and (q.due_at >= floor or behind <> '{}'))
    or exists (select from public.webhook_order_notes)
  then
    turns_ms := public.give_webhook_turns(after_webhook, floor, behind);
  end if;

  with recursive known as materialized (
    select k.* from unnest(behind) as k
  ), walk as (
    -- A loose index scan: from one webhook that has queued deliveries to the next, until enough is found.
    select coalesce(after_webhook, first_uuid) as webhook_id,
      0 as n, 0 as found, 0::bigint as bytes, 0::bigint as elsewhere,
      null::tid[] as rows, null::timestamptz as next_look
    union all
    select next.webhook_id, walk.n + 1, walk.found + cardinality(pick.rows), walk.bytes + pick.bytes,
      walk.elsewhere + pick.elsewhere, pick.rows, next_look.at
    from walk
    cross join lateral (
      -- From one that is inactive straight to the next that is not: thousands of them cost one look.
      select case when w.status = 'active' then head.webhook_id else (
          select beyond.webhook_id
          from (
            select a.id from public.webhooks a where a.status = 'active' and a.id > head.webhook_id order by a.id limit 1
          ) as active
          cross join lateral (
            select coalesce((
              select q.webhook_id from public.webhook_queue q
              where q.webhook_id >= active.id and q.webhook_id < coalesce(next_known.id, last_uuid) and q.due_at >= floor
              order by q.webhook_id limit 1), next_known.id) as webhook_id
            from (select (
              select k.webhook_id from known k where k.webhook_id >= active.id order by k.webhook_id limit 1) as id) as next_known
          ) as beyond
        ) end as webhook_id
      from (
        -- What lies between two that are known: not through the rows of these.
        select coalesce((
          select q.webhook_id from public.webhook_queue q
          where q.webhook_id > walk.webhook_id and q.webhook_id < coalesce(next_known.id, last_uuid) and q.due_at >= floor
          order by q.webhook_id limit 1), next_known.id) as webhook_id
        from (select (
          select k.webhook_id from known k where k.webhook_id > walk.webhook_id order by k.webhook_id limit 1) as id) as next_known
      ) as head
      left join public.webhooks w on w.id = head.webhook_id
    ) as next
    -- None for one that was deleted meanwhile: its deliveries are ended, not sent.
    left join public.webhook_gates gate on gate.webhook_id = next.webhook_id
    left join known place on place.webhook_id = next.webhook_id
    cross join lateral (
      select case when gate.rate_limit is null then max_items
        else public.webhook_pace_allowance(gate.next_at, gate.rate_limit, now()) end as allowance,
        coalesce(gate.cancel_before, '-infinity') as after,
        coalesce(place.since, floor) as since, coalesce(place.first_due, floor) as first_due, coalesce(place.first_id, first_uuid) as first_id
    ) as rate
    cross join lateral (
      with due as (
        -- What is under way is among the first due ones, and uses up slots. Retries get at most half of them.
        (select q.ctid as row, q.lane, q.due_at, q.id, q.payload_bytes, q.worker, q.locked_until from public.webhook_queue q
          where gate.closed is null and q.webhook_id = gate.webhook_id and q.lane = 0
            and q.due_at > rate.after and (q.due_at, q.id) >= (rate.first_due, rate.first_id) and q.due_at <= now() and q.created_at > rate.after
          order by q.due_at, q.id limit gate.max_in_flight)
        union all
        (select q.ctid, q.lane, q.due_at, q.id, q.payload_bytes, q.worker, q.locked_until from public.webhook_queue q
          where gate.closed is null and q.webhook_id = gate.webhook_id and q.lane = 1
            and q.due_at > rate.after and q.due_at >= rate.since and q.due_at <= now() and q.created_at > rate.after
          order by q.due_at, q.id limit (gate.max_in_flight + 1) / 2)
      ), slot as materialized (
        select d.row, d.lane, d.due_at, d.id, d.payload_bytes, d.locked_until > now() as busy,
          (d.locked_until > now()) is not true and (d.payload_bytes <= max_payload) is not false as free,
          -- Since a moment: what hangs, or was a dead worker's, says nothing of who works.
          d.worker <> claim_webhook_deliveries.worker
            and d.locked_until > now() + gate.lease - interval '1 second' as elsewhere
        from due d
      ), seen as materialized (
        select count(*) > 0 as any_due, max(s.payload_bytes) as most_bytes, count(*) filter (where s.elsewhere) as elsewhere,
          count(*) filter (where s.free) as free, count(*) filter (where s.busy) as busy,
          count(*) filter (where s.lane = 0) = gate.max_in_flight as full, max(s.due_at) filter (where s.lane = 0) as last_due,
          max(s.id::text) filter (where s.lane = 0) as last_id
        from slot s
      ), total as materialized (
        select seen.any_due, seen.most_bytes, seen.elsewhere,
          least(seen.free, rate.allowance, gate.slots - seen.busy - case
            -- A transaction that took long brings rows which fall due before those under way, more than are looked at. What
            -- is under way then lies beyond them, up to what was claimed last.
            when seen.full and seen.busy < gate.slots and gate.claimed_due >= seen.last_due then (
              select count(*) from (
                select q.locked_until, q.due_at, q.id from public.webhook_queue q
                where q.webhook_id = gate.webhook_id and q.lane = 0 and q.due_at >= seen.last_due and (q.due_at, q.id) <= (gate.claimed_due, gate.claimed_id)
                order by q.due_at desc, q.id desc limit gate.max_in_flight
              ) as beyond
              where beyond.locked_until > now() and (beyond.due_at, beyond.id::text) > (seen.last_due, seen.last_id))
            else 0 end) as takeable
        from seen
      )
      select coalesce(array_agg(taken.row), '{}') as rows, coalesce(sum(taken.payload_bytes), 0) as bytes,
        (select t.any_due from total t) as any_due, (select t.takeable from total t) as takeable,
        (select t.elsewhere from total t) as elsewhere
      from (
        select s.row, s.payload_bytes from slot s where s.free
        order by s.lane is distinct from gate.probe_lane, s.due_at, s.id
        limit (
          select greatest(0, least(t.takeable, max_items - walk.found,
            -- As if all were as large as the largest.
            1 + (max_bytes - walk.bytes) / greatest(1, t.most_bytes)))
          from total t)
      ) as taken
    ) as pick
    cross join lateral (
      select case
        when gate.webhook_id is null or gate.closed = 'inactive' then null
        when gate.closed is not null then gate.opens_at
        -- At its rate: when its next turn comes.
        when pick.any_due and gate.rate_limit is not null and rate.allowance <= cardinality(pick.rows) then greatest(
          now() + interval '5 milliseconds',
          public.webhook_pace_turn(greatest(gate.next_at, now()), cardinality(pick.rows), gate.rate_limit))
        -- This claim took no more.
        when cardinality(pick.rows) < pick.takeable then now()
        -- All its slots in use. Who frees one takes it again at once, unless it has no room or is gone.
        when pick.any_due then now() + interval '500 milliseconds'
        else (
          select case when head.due_at <= now() then now() + interval '500 milliseconds' else head.due_at end
          from (select least(
            (select q.due_at from public.webhook_queue q
              where q.webhook_id = next.webhook_id and q.lane = 0 and q.due_at > rate.after
                and (q.due_at, q.id) >= (rate.first_due, rate.first_id) order by q.due_at, q.id limit 1),
            (select q.due_at from public.webhook_queue q
              where q.webhook_id = next.webhook_id and q.lane = 1 and q.due_at > rate.after and q.due_at >= rate.since order by q.due_at, q.id limit 1)) as due_at) as head)
      end as at
    ) as next_look
    where walk.n < max_webhooks and walk.found < max_items and walk.bytes < max_bytes and next.webhook_id is not null
  ), turn as materialized (
    -- A webhook with a rate is served by one claim at a time, so that no two of them spend the same turn. Only one that has
    -- something due is locked, and what another one took meanwhile is looked at again.
    select p.webhook_id, public.webhook_pace_allowance(p.next_at, w.rate_limit, now()) as allowance
    from public.webhook_pace p join public.webhooks w on w.id = p.webhook_id and w.rate_limit is not null
    where p.webhook_id = any (array(select walk.webhook_id from walk where walk.rows <> '{}'))
    for update of p skip locked
  ), chosen as materialized (
    select picked.row
    from walk
    join public.webhooks w on w.id = walk.webhook_id
    cross join lateral unnest(walk.rows) with ordinality as picked (row, n)
    left join turn on turn.webhook_id = walk.webhook_id
    where walk.rows <> '{}' and (w.rate_limit is null or picked.n <= turn.allowance)
  ), test as materialized (
    -- A test goes out whatever the state of its webhook. It is leased as it is made: only a lapsed one is found here.
    -- Its webhook is asked for row by row: joined, a plan from before there were any rows read all queues for it.
    select q.ctid as row from public.webhook_queue q
    where q.is_test and q.created_at > '-infinity'
      and q.due_at + interval '0' <= now() and (q.locked_until is null or q.locked_until <= now())
      and (select w.deleted_at is null from public.webhooks w where w.id = q.webhook_id)
    order by q.created_at limit 10
  ), locked as materialized (
    select q.ctid as row from public.webhook_queue q
    where q.ctid = any (array(select c.row from chosen c union select t.row from test t where max_items > 0))
      -- Not as an index reads it: the rows' places are known.
      and q.due_at + interval '0' <= now() and (q.locked_until is null or q.locked_until <= now())
    for update of q skip locked
  ), claimed as (
    update public.webhook_queue q set
      locked_until = now() + (select g.lease from public.webhook_gates g where g.webhook_id = q.webhook_id),
      fence = q.fence + 1, worker = claim_webhook_deliveries.worker
    where q.ctid = any (array(select l.row from locked l))
    returning q as delivery
  ), spent as (
    update public.webhook_pace p
    set next_at = greatest(p.next_at, now()) + c.taken * make_interval(secs => 1.0 / w.rate_limit)
    from (select (c.delivery).webhook_id, count(*) as taken from claimed c group by 1) c
    join public.webhooks w on w.id = c.webhook_id and w.rate_limit is not null
    where p.webhook_id = c.webhook_id
  ), reached as materialized (
    select distinct on ((c.delivery).webhook_id) (c.delivery).webhook_id, (c.delivery).due_at as due, (c.delivery).id
    from claimed c where (c.delivery).lane = 0 and not (c.delivery).is_test
    order by 1, 2 desc, 3 desc
  ), movable as materialized (
    select m.webhook_id from public.webhook_marks m join reached r on r.webhook_id = m.webhook_id and (r.due, r.id) > (m.claimed_due, m.claimed_id)
    where m.span = this_span
    for update of m skip locked
  ), moved as (
    update public.webhook_marks m set claimed_due = r.due, claimed_id = r.id from reached r
    where m.webhook_id = r.webhook_id and m.span = this_span and m.webhook_id = any (array(select x.webhook_id from movable x))
  ), marked as (
    insert into public.webhook_marks (webhook_id, span, claimed_due, claimed_id)
    select r.webhook_id, this_span, furthest.due, furthest.id
    from reached r
    cross join lateral (
      select place.due, place.id
      from (
        select r.due, r.id
        union all
        select g.claimed_due, g.claimed_id from public.webhook_gates g where g.webhook_id = r.webhook_id and g.claimed_due is not null
      ) as place
      order by place.due desc, place.id desc limit 1
    ) as furthest
    where not exists (select from public.webhook_marks m where m.webhook_id = r.webhook_id and m.span = this_span)
    order by 1
    on conflict (webhook_id, span) do nothing
    returning webhook_id
  ), forgotten as (
    delete from public.webhook_marks m where m.ctid = any (array(
      select x.ctid from marked k join public.webhook_marks x on x.webhook_id = k.webhook_id and x.span < this_span - interval '1 minute'
      for update of x skip locked))
  ), last as (
    select walk.* from walk order by walk.n desc limit 1
  )
  select
    (select array_agg(c.delivery) from claimed c),
    (select last.webhook_id from last where last.found >= max_items or last.bytes >= max_bytes or last.n >= max_webhooks),
    (select case when count(*) > 0 then least(ceil(extract(epoch from min(walk.next_look) - now()) * 1000), 2147483647)::integer end
      from walk where walk.next_look is not null),
    (select last.elsewhere from last)
  into leased, resume_after, wait_ms, in_flight_elsewhere;
  wait_ms := least(wait_ms, turns_ms);

  return json_build_object('cursor', resume_after, 'wait_ms', wait_ms, 'in_flight_elsewhere', in_flight_elsewhere,
    'jobs', exists (select from public.webhook_jobs j where j.state = 'running'),
    'batch', public.webhook_delivery_batch(coalesce(leased, '{}')));
end
$$;
comment on function public.claim_webhook_deliveries is
  'Leases up to max_items due deliveries to the worker, as many of each webhook as it has free slots, and about 8 MB of payloads; none above max_payload bytes where that is given. Pass the former answer''s cursor as after_webhook: it walks the webhooks in turn, null at the end of a round. wait_ms: when something of this round may be due next, null when nothing waits. in_flight_elsewhere: how many deliveries of these webhooks other workers claimed within the last second and still hold. jobs: a background job waits to be worked on. Waits for nobody: what somebody has locked is passed over.';

create or replace function public.settle_webhook_deliveries(results json, patience_ms integer default 500) returns json
language plpgsql security invoker
set search_path = ''
-- As in claim_webhook_deliveries: deliveries are looked up by their ids, however many there were when the plan was made.
set enable_seqscan = off
set enable_bitmapscan = off
set enable_mergejoin = off
as $$
declare
  answer json;
  this_stripe constant smallint := 1 + extract(epoch from now() - date_trunc('hour', now()))::integer / 10; -- of webhook_stats_hourly
begin
  -- Two drains that count for one webhook wait for each other, for as long as an exchange takes. Whoever holds longer stops
  -- only its own: the caller writes the others again without it.
  perform set_config('lock_timeout', least(greatest(patience_ms, 50), 500) || 'ms', true);
  with result as materialized (
    -- Once each: a drain may hold two results of one delivery when it lost a lease to itself.
    select distinct on (r.id, r.fence) * from json_to_recordset(results) as r(
      id uuid, fence integer, status text, delay_ms bigint, keeps_retry boolean, hold_ms bigint, fault text,
      error_kind text, error_message text, started_at timestamptz, duration_ms integer,
      request_url text, request_headers json, request_body text, request_format text,
      response_status integer, response_headers json, response_body text, response_truncated boolean, console json)
  ), held as materialized (
    -- Whose lease still holds.
    select q.id, q.webhook_id, q.event_id, q.event_type, q.is_test, q.retry_count, q.attempt_count + 1 as attempt,
      q.fence, q.created_at, q.record_id, q.sequence, q.merged, r.status, r.delay_ms, coalesce(r.keeps_retry, false) as keeps_retry, r.hold_ms, r.fault,
      r.error_kind, r.error_message, r.started_at, r.duration_ms,
      r.request_url, r.request_headers, r.request_body, r.request_format,
      r.response_status, r.response_headers, r.response_body, coalesce(r.response_truncated, false) as response_truncated,
      r.console
    from result r join public.webhook_queue q on q.id = r.id and q.fence = r.fence
    -- Said twice, for the sake of the plan: joined to a list of ids, a table is read as a whole when it once was short.
    where q.id = any (array(select r.id from result r))
    for update of q skip locked
  ), tried as materialized (
    select h.* from held h where h.status <> 'released'
  ), waiting_again as (
    update public.webhook_queue q set
      retry_count = q.retry_count + case when h.status = 'retrying' and not h.keeps_retry then 1 else 0 end,
      attempt_count = q.attempt_count + case when h.status = 'retrying' then 1 else 0 end,
      fence = q.fence + 1, locked_until = null, worker = null,
      -- What its receiver asked to wait keeps its place: the whole webhook is held.
      due_at = case when h.keeps_retry then q.due_at else now() + coalesce(h.delay_ms, 0) * interval '1 millisecond' end,
      last_status_code = case when h.status = 'retrying' then h.response_status else q.last_status_code end,
      last_error_kind = case when h.status = 'retrying' then h.error_kind else q.last_error_kind end,
      last_error = case when h.status = 'retrying' then h.error_message else q.last_error end,
      last_duration_ms = case when h.status = 'retrying' then h.duration_ms else q.last_duration_ms end
    from held h
    where q.id = h.id and h.status in ('retrying', 'released')
      and q.id = any (array(select h.id from held h where h.status in ('retrying', 'released')))
  ), final as (
    delete from public.webhook_queue q
    where q.id = any (array(select h.id from tried h where h.status <> 'retrying'))
  ), attempted as (
    insert into public.webhook_attempts (delivery_id, attempt, webhook_id, started_at, duration_ms, succeeded,
      request_url, request_headers, request_body, request_format,
      response_status, response_headers, response_body, response_truncated, error_kind, error_message, console)
    select h.id, h.attempt, h.webhook_id, h.started_at, h.duration_ms, h.status = 'success',
      h.request_url, h.request_headers, h.request_body, h.request_format,
      h.response_status, h.response_headers, h.response_body, h.response_truncated, h.error_kind, h.error_message, h.console
    from tried h
  ), ended as (
    insert into public.webhook_history (id, webhook_id, event_id, event_type, is_test, status, retry_count, attempt_count, fence,
      last_status_code, last_error_kind, last_error, last_duration_ms, created_at, merged)
    select h.id, h.webhook_id, h.event_id, h.event_type, h.is_test, h.status, h.retry_count, h.attempt, h.fence,
      h.response_status, h.error_kind, h.error_message, h.duration_ms, h.created_at, h.merged
    from tried h
    where h.status <> 'retrying'
  ), delivered as (
    insert into public.webhook_record_states as s (webhook_id, record_id, sequence, delivery_id)
    select distinct on (h.webhook_id, h.record_id) h.webhook_id, h.record_id, h.sequence, h.id
    from tried h
    where h.record_id is not null and h.status = 'success'
      and (select w.stale_retries = 'skip' from public.webhooks w where w.id = h.webhook_id)
    order by h.webhook_id, h.record_id, h.sequence desc
    on conflict (webhook_id, record_id) do update
      set sequence = excluded.sequence, delivery_id = excluded.delivery_id, delivered_at = excluded.delivered_at
      where s.sequence < excluded.sequence
  ), bucket as materialized (
    -- A latency is of an answer: what was refused, or never came, has none.
    select h.webhook_id, case when h.response_status is not null then public.webhook_latency_bucket(h.duration_ms) end as n,
      count(*)::integer as attempts,
      count(*) filter (where h.status = 'success') as succeeded,
      count(*) filter (where h.status = 'failed') as failed,
      count(*) filter (where h.status = 'retrying') as retried,
      sum(h.duration_ms) as duration_ms_sum,
      count(*) filter (where h.error_kind is not null and h.response_status between 400 and 499) as errors_4xx,
      count(*) filter (where h.error_kind is not null and h.response_status between 500 and 599) as errors_5xx,
      count(*) filter (where h.error_kind = 'timeout') as errors_timeout,
      count(*) filter (where h.error_kind in ('dns', 'connection_refused', 'connection_reset', 'http2_only')
        or h.error_kind ^@ 'tls') as errors_network,
      count(*) filter (where h.error_kind ^@ 'transform_' or h.error_kind = 'payload_too_large') as errors_transform
    from tried h where not h.is_test and h.status <> 'skipped'
    group by 1, 2
  ), summed as (
    insert into public.webhook_stats_hourly as s
      (webhook_id, hour, stripe, succeeded, failed, retried, duration_ms_sum,
        errors_4xx, errors_5xx, errors_timeout, errors_network, errors_transform, latency_histogram)
    select b.webhook_id, date_trunc('hour', now()), this_stripe, sum(b.succeeded), sum(b.failed), sum(b.retried), sum(b.duration_ms_sum),
      sum(b.errors_4xx), sum(b.errors_5xx), sum(b.errors_timeout), sum(b.errors_network), sum(b.errors_transform),
      public.webhook_histogram(
        coalesce(array_agg(b.n) filter (where b.n is not null), '{}'), array_agg(b.attempts) filter (where b.n is not null))
    from bucket b
    group by b.webhook_id
    order by b.webhook_id -- one lock order for all drains
    on conflict (webhook_id, hour, stripe) do update set
      succeeded = s.succeeded + excluded.succeeded,
      failed = s.failed + excluded.failed,
      retried = s.retried + excluded.retried,
      duration_ms_sum = s.duration_ms_sum + excluded.duration_ms_sum,
      errors_4xx = s.errors_4xx + excluded.errors_4xx,
      errors_5xx = s.errors_5xx + excluded.errors_5xx,
      errors_timeout = s.errors_timeout + excluded.errors_timeout,
      errors_network = s.errors_network + excluded.errors_network,
      errors_transform = s.errors_transform + excluded.errors_transform,
      latency_histogram = public.webhook_add_histograms(s.latency_histogram, excluded.latency_histogram)
  ), verdict as materialized (
    -- A test is a question: its success is good news, its failure is not counted.
    select h.webhook_id,
      count(*) filter (where h.status = 'success')::integer as successes,
      count(*) filter (where h.fault is not null and not h.is_test)::integer as failures,
      count(*) filter (where h.fault = 'outage' and not h.is_test)::integer as outages,
      -- It answers: what it thinks of a request says nothing of its health.
      coalesce(bool_or(h.fault in ('refusal', 'throttle')) filter (where not h.is_test), false) as answers,
      coalesce(bool_or(h.fault = 'throttle') filter (where not h.is_test), false) as throttles,
      max(h.hold_ms) filter (where not h.is_test) as hold_ms,
      max(h.response_status) filter (where h.hold_ms is not null) as hold_status,
      (array_agg(h.error_kind order by h.started_at desc) filter (where h.fault is not null and not h.is_test))[1] as error_kind,
      (array_agg(h.response_status order by h.started_at desc) filter (where h.fault is not null and not h.is_test))[1] as status_code
    from tried h group by h.webhook_id
  ), recovered as (
    delete from public.webhook_health x using verdict v where x.webhook_id = v.webhook_id and v.successes > 0
  ), failing as (
    insert into public.webhook_health as x (webhook_id, failures, outages, paused_until, pauses, last_error_kind, last_status_code)
    select v.webhook_id, v.failures, case when v.answers then 0 else v.outages end, opening.until,
      case when opening.until is null then 0 else 1 end, v.error_kind, v.status_code
    from verdict v
    cross join lateral (
      select case when v.outages >= 20 and not v.answers then now() + public.webhook_pause(0) end as until) as opening
    where v.successes = 0 and v.failures > 0
    order by v.webhook_id
    on conflict (webhook_id) do update set
      (failures, outages, paused_until, pauses, last_failed_at, last_error_kind, last_status_code) = (
        select x.failures + v.failures,
          case when v.answers then 0 else x.outages + v.outages end,
          case
            -- Closed: 20 outages in a row open it.
            when x.paused_until is null then
              case when not v.answers and x.outages + v.outages >= 20 then now() + public.webhook_pause(x.pauses) end
            -- Open: answers to earlier requests change nothing.
            when x.paused_until > now() then x.paused_until
            -- Half open, and the probe was answered: asked to wait, the hold goes on from here; refused, another one tries soon.
            when v.throttles then null
            when v.answers then now() + interval '1 second'
            when v.outages > 0 then now() + public.webhook_pause(x.pauses)
            else x.paused_until
          end,
          case
            when x.paused_until > now() then x.pauses
            when x.paused_until is null then x.pauses + case when not v.answers and x.outages + v.outages >= 20 then 1 else 0 end
            when v.throttles then 0
            when v.answers then greatest(x.pauses - 1, 0)
            when v.outages > 0 then x.pauses + 1
            else x.pauses
          end,
          now(), v.error_kind, v.status_code
        from verdict v where v.webhook_id = x.webhook_id)
  ), holding as (
    insert into public.webhook_holds as x (webhook_id, held_until, status_code)
    select v.webhook_id, now() + v.hold_ms * interval '1 millisecond', v.hold_status
    from verdict v
    where v.hold_ms is not null
    order by v.webhook_id
    on conflict (webhook_id) do update set
      held_until = greatest(x.held_until, excluded.held_until), status_code = excluded.status_code, slots = 1
  ), widening as (
    -- After a hold it starts again slowly. Answers to requests from before it say nothing.
    update public.webhook_holds x set slots = x.slots + v.successes
    from verdict v join public.webhooks w on w.id = v.webhook_id
    where x.webhook_id = v.webhook_id and v.successes > 0 and v.hold_ms is null and x.held_until <= now()
      and x.slots + v.successes < w.max_in_flight
  ), at_full_width as (
    delete from public.webhook_holds x
    using verdict v join public.webhooks w on w.id = v.webhook_id
    where x.webhook_id = v.webhook_id and v.successes > 0 and v.hold_ms is null and x.held_until <= now()
      and x.slots + v.successes >= w.max_in_flight
  ), gone as materialized (
    -- 410: the receiver asked not to be called again. Not what a former URL answered.
    select w.id from public.webhooks w
    where w.status = 'active' and w.id = any (array(
        select h.webhook_id from tried h
        where h.error_kind = 'gone' and h.status = 'failed' and not h.is_test))
      and exists (
        select from tried h
        where h.webhook_id = w.id and h.error_kind = 'gone' and not h.is_test and h.request_url is not distinct from w.url)
    order by w.id
    for update of w
  ), switched_off as (
    update public.webhooks w set status = 'inactive', disabled_reason = 'gone'
    where w.status = 'active' and w.id = any (array(select g.id from gone g))
  )
  select json_build_object(
    'settled', coalesce((select json_agg(h.id) from held h), '[]'),
    'busy', case when (select count(*) from held) = (select count(*) from result) then '[]' else coalesce((
      select json_agg(r.id) from result r join public.webhook_queue q on q.id = r.id and q.fence = r.fence
      where q.id = any (array(select r.id from result r)) and not exists (select from held h where h.id = r.id)), '[]') end)
  into answer;

  -- Skipped ones are counted apart, for hardly any settle has one.
  if strpos(results::text, '"skipped"') > 0 then
    insert into public.webhook_stats_hourly as s (webhook_id, hour, stripe, skipped, latency_histogram)
    select h.webhook_id, date_trunc('hour', now()), this_stripe, count(*), array_fill(0, array[16])
    from public.webhook_history h
    where h.status = 'skipped' and not h.is_test
      and h.id in (select (r.id)::uuid from json_array_elements_text(answer -> 'settled') as r(id))
    group by h.webhook_id
    order by h.webhook_id
    on conflict (webhook_id, hour, stripe) do update set skipped = s.skipped + excluded.skipped;
  end if;
  return answer;
end
$$;
comment on function public.settle_webhook_deliveries is
  'Writes attempt, delivery, history, statistics, health and hold of each result whose fence still matches, in one statement. Answers { settled, busy }: the ids that were written, and those whose delivery somebody has locked, to be handed in again. The others had lost their lease. Waits patience_ms, 50 to 500, for any lock (55P03).';

create or replace function public.webhook_queue_floors(inout floor timestamptz, inout behind public.webhook_queue_place[])
language plpgsql stable security invoker
set search_path = ''
set enable_seqscan = off
set enable_bitmapscan = off
set enable_mergejoin = off
set enable_hashjoin = off
as $$
declare
  margin constant interval := '5 seconds'; -- a transaction that is under way may bring what was due a moment ago
  most_behind constant integer := 100;
  first_uuid constant uuid := '00000000-0000-0000-0000-000000000000';
  last_uuid constant uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
begin
  with recursive known as materialized (
    select k.* from unnest(behind) as k
  ), walk as (
    select first_uuid as webhook_id,
      null::timestamptz as first_due, null::uuid as first_id, null::timestamptz as retry_due, null::timestamptz as unchecked_due
    union all
    select head.id, first.due_at, first.id, retry.due_at, unchecked.due_at
    from walk
    cross join lateral (
      select (select k.webhook_id from known k where k.webhook_id > walk.webhook_id order by k.webhook_id limit 1) as id
    ) as next_known
    cross join lateral (
      -- What lies between two that are known: not through the rows of these.
      select coalesce((
        select q.webhook_id from public.webhook_queue q
        where q.webhook_id > walk.webhook_id and q.webhook_id < coalesce(next_known.id, last_uuid) and q.due_at >= floor
        order by q.webhook_id limit 1), next_known.id) as id
    ) as head
    left join known on known.webhook_id = head.id
    left join lateral (
      select q.due_at, q.id from public.webhook_queue q
      where q.webhook_id = head.id and q.lane = 0
        and (q.due_at, q.id) >= (coalesce(known.first_due, floor), coalesce(known.first_id, first_uuid))
      order by q.due_at, q.id limit 1
    ) as first on true
    left join lateral (
      select q.due_at from public.webhook_queue q
      where q.webhook_id = head.id and q.lane = 1 and q.due_at >= coalesce(known.since, floor) order by q.due_at, q.id limit 1
    ) as retry on true
    left join lateral (
      select q.due_at from public.webhook_queue q
      where q.webhook_id = head.id and q.turn = 0 and q.due_at >= coalesce(known.since, floor) order by q.due_at, q.id limit 1
    ) as unchecked on true
    where head.id is not null
  ), place as (
    -- One that falls due later hides what is emitted meanwhile.
    select w.*, case when w.first_due < now() - margin then w.first_due end as old_due, start.at, start.at < now() - margin and row_number() over (order by start.at) <= most_behind as is_behind
    from walk w cross join lateral (select least(w.first_due, w.retry_due, w.unchecked_due) as at) as start
    where start.at is not null
  )
  select least(min(p.at) filter (where not p.is_behind), now()) - margin,
    coalesce(array_agg(row (p.webhook_id, p.at - margin, p.old_due, case when p.old_due is not null then p.first_id end)::public.webhook_queue_place) filter (where p.is_behind), '{}')
  into floor, behind
  from place p;
end
$$;
comment on function public.webhook_queue_floors is
  'Where queued deliveries have to be looked for: the floor of all webhooks but those behind, and the place of each of these; at most 100 are behind. Given: what was known before; the infinite past and no places for a look at all.';

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
comment on function public.webhook_backlog is
  'The webhooks with a due delivery that nobody is sending: held says why none of them can be claimed now (inactive, paused, throttled, limited), null when one can; oldest_due is when the first of them fell due.';

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
comment on function public.webhook_queue_figures is
  'For health and metrics: schema, age of the oldest delivery that could be claimed, depth of the queue (at most 100,000 rows are counted), what is held and why, breakers, webhooks, drains, chores, jobs.';

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
comment on function public.after_webhook_update is
  'Forgets the failures of a webhook when it is activated or calls another receiver; keeps its pace. Its queue is not touched.';

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

create or replace function public.end_queued_deliveries(delivery_ids uuid[], error_kind text, error_message text) returns setof uuid
language sql security definer -- for verbs that have asked for the caller's right
set search_path = ''
set enable_seqscan = off
set enable_bitmapscan = off
as $$
  with free as materialized (
    select q.id from public.webhook_queue q
    where q.id = any (delivery_ids) and (q.locked_until is null or q.locked_until < now())
    for update of q skip locked
  ), taken as (
    delete from public.webhook_queue q where q.id = any (array(select f.id from free f))
    returning q.*
  ), ended as (
    insert into public.webhook_history (id, webhook_id, event_id, event_type, is_test, status, retry_count, attempt_count, fence,
      last_status_code, last_error_kind, last_error, last_duration_ms, created_at, merged)
    select t.id, t.webhook_id, t.event_id, t.event_type, t.is_test, 'failed', t.retry_count, t.attempt_count, t.fence,
      t.last_status_code, end_queued_deliveries.error_kind, end_queued_deliveries.error_message, t.last_duration_ms, t.created_at, t.merged
    from taken t
    returning id
  )
  select e.id from ended e
$$;
comment on function public.end_queued_deliveries is
  'Moves waiting deliveries to the history as failed, with the given reason. Passes over those that are being sent or locked. Answers the ids that it ended.';

create or replace function public.run_webhook_chore(chore text, keep_days integer) returns json
language plpgsql security definer -- makes and drops tables
set search_path = ''
set lock_timeout = '200ms'
as $$
declare
  most constant integer := 5000; -- rows of one call
  done integer;
  held integer;
  step boolean;
  more boolean;
begin
  if not exists (select from public.webhook_chores c where c.chore = run_webhook_chore.chore) then
    raise exception 'unknown chore %', chore using errcode = '22023', hint = 'See webhook_chores for their names.';
  end if;
  -- One runner at a time over all processes: who comes second has nothing to do.
  if not pg_try_advisory_xact_lock(hashtextextended('webhook_chore ' || chore, 0)) then
    return '{"done": 0, "more": false}';
  end if;

  case chore
    when 'make_partitions' then
      step := public.make_webhook_partition();
    when 'drop_partitions' then
      step := public.drop_webhook_partition(keep_days);
    when 'trim_default_partitions' then
      done := public.trim_webhook_default_partition(keep_days, most);
    when 'end_orphans' then
      done := public.end_orphaned_deliveries(most);
    when 'disable_failing' then
      perform public.disable_failing_webhooks();
    when 'forget_idempotency_keys' then
      delete from public.webhook_idempotency_keys k where k.ctid = any (array(
        select x.ctid from public.webhook_idempotency_keys x where x.created_at < now() - interval '24 hours'
        order by x.created_at limit most for update skip locked));
      get diagnostics done = row_count;
    when 'forget_health' then
      delete from public.webhook_health h where h.ctid = any (array(
        select x.ctid from public.webhook_health x where not exists (select from public.webhooks w where w.id = x.webhook_id)
        limit most for update of x skip locked));
      get diagnostics done = row_count;
      delete from public.webhook_holds h where h.ctid = any (array(
        select x.ctid from public.webhook_holds x where not exists (select from public.webhooks w where w.id = x.webhook_id)
        limit most for update of x skip locked));
      get diagnostics held = row_count;
      done := greatest(done, held);
    when 'forget_statistics' then
      delete from public.webhook_stats_hourly s where s.ctid = any (array(
        select x.ctid from public.webhook_stats_hourly x where x.hour < now() - interval '400 days'
        order by x.hour limit most for update skip locked));
      get diagnostics done = row_count;
    when 'forget_playground_requests' then
      delete from public.playground_requests r where r.ctid = any (array(
        select x.ctid from public.playground_requests x where x.received_at < now() - interval '24 hours'
        limit most for update skip locked));
      get diagnostics done = row_count;
    when 'forget_record_states' then
      delete from public.webhook_record_states s where s.ctid = any (array(
        select x.ctid from public.webhook_record_states x where x.delivered_at < now() - make_interval(days => keep_days)
        order by x.delivered_at limit most for update skip locked));
      get diagnostics done = row_count;
    when 'forget_jobs' then
      delete from public.webhook_jobs j where j.ctid = any (array(
        select x.ctid from public.webhook_jobs x where x.finished_at < now() - interval '30 days'
        limit most for update skip locked));
      get diagnostics done = row_count;
    when 'forget_workers' then
      delete from public.webhook_workers w where w.ctid = any (array(
        select x.ctid from public.webhook_workers x where x.last_exchange_at < now() - interval '1 day'
        limit most for update skip locked));
      get diagnostics done = row_count;
    else
      -- A chore of a later migration, with a function of its own name.
      execute format('select public.%I($1)', chore) into done using most;
  end case;

  more := coalesce(step, done >= most, false);
  -- With more to do it stays due, whoever goes on with it.
  update public.webhook_chores c set
    last_success_at = case when more then c.last_success_at else now() end, last_failure_at = null, error = null
  where c.chore = run_webhook_chore.chore;
  return json_build_object('done', coalesce(done, step::integer, 0), 'more', more);
end
$$;
comment on function public.run_webhook_chore is
  'Runs one chore for a bounded while and keeps that it succeeded. Answers { done, more }: how much it did, and whether there is more. Waits at most 200 ms for any lock (55P03): the chore fails alone and is tried again.';

create or replace function public.emit_webhook_events(events json) returns json
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

create or replace function public.emit_webhook_events_each(events text[], patience_ms integer default null) returns json
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

-- Every delivery, waiting or final. A member of a union that joins is planned apart, and sorted whole: what a delivery waits for
-- is asked of a function.

create function public.webhook_delivery_wait(
  target uuid, for_test boolean, queued_at timestamptz, due timestamptz, leased boolean)
returns table (waits_for text, next_attempt_at timestamptz)
language sql stable security invoker
begin atomic
  select
    case
      when for_test then null
      when w.status is distinct from 'active' then 'inactive'
      when w.cancel_before >= queued_at then 'cancellation'
      when h.paused_until > now() then 'pause'
      when s.held_until > now() then 'receiver'
      when due > now() then 'time'
      when leased then null
      -- As webhook_pace_allowance has it: no request may start now.
      when w.rate_limit is not null
        and p.next_at > now() + make_interval(secs => (greatest(1, w.rate_limit / 10.0) - 1) / w.rate_limit) then 'rate'
      -- What is under way is among the first due ones, as in a claim.
      when (
        select count(*)
        from (
          (select q.locked_until from public.webhook_queue q
            where q.webhook_id = target and q.lane = 0 and q.due_at <= now()
            order by q.due_at, q.id limit w.max_in_flight)
          union all
          (select q.locked_until from public.webhook_queue q
            where q.webhook_id = target and q.lane = 1 and q.due_at <= now()
            order by q.due_at, q.id limit (w.max_in_flight + 1) / 2)
        ) as head
        where head.locked_until > now()
      ) >= case when h.paused_until is not null then 1 else least(w.max_in_flight, s.slots) end
        then case when h.paused_until is not null then 'pause' else 'limit' end
    end,
    case
      when for_test then due
      when w.status = 'active' and (w.cancel_before >= queued_at) is not true then greatest(
        due,
        case when h.paused_until > now() then h.paused_until end,
        case when s.held_until > now() then s.held_until end)
    end
  from (select) as one
  left join public.webhooks w on w.id = target
  left join public.webhook_health h on h.webhook_id = target
  left join public.webhook_holds s on s.webhook_id = target
  left join public.webhook_pace p on p.webhook_id = target;
end;
comment on function public.webhook_delivery_wait is
  'What a queued delivery waits for, and when it is tried next at the earliest (null: nobody can say); one row. The values of waits_for are those of the view webhook_deliveries. leased: it is being sent.';

revoke execute on function public.webhook_delivery_wait
from public, anon, authenticated, service_role;
grant execute on function public.webhook_delivery_wait
to authenticated, service_role;

create view public.webhook_deliveries with (security_invoker = true) as
  select
    q.id, q.webhook_id, q.event_id, q.event_type, q.is_test,
    case when q.retry_count = 0 and q.last_error_kind is distinct from 'throttled' then 'pending' else 'retrying' end as status,
    coalesce(q.locked_until > now(), false) as in_flight,
    q.retry_count, q.attempt_count,
    case when q.turn is distinct from 2 then (
      select x.next_attempt_at from public.webhook_delivery_wait(q.webhook_id, q.is_test, q.created_at, q.due_at, q.locked_until > now()) x) end as next_attempt_at,
    q.last_status_code, q.last_error_kind, q.last_error, q.last_duration_ms,
    q.created_at, null::timestamptz as finished_at,
    case when q.merged is null then (select e.payload::text from public.webhook_events e where e.id = q.event_id)
      else public.webhook_merged_payload(q.merged) end as payload_text,
    (select case when q.turn = 2 and (x.waits_for is null or x.waits_for in ('time', 'rate', 'limit')) then 'record' else x.waits_for end
      from public.webhook_delivery_wait(q.webhook_id, q.is_test, q.created_at, q.due_at, q.locked_until > now()) x) as waits_for,
    (select public.webhook_payload_text(e.payload, 'id') from public.webhook_events e where e.id = q.event_id) as record_id,
    (select coalesce(e.record_label, public.webhook_record_label(e.event_type, e.payload)) from public.webhook_events e where e.id = q.event_id) as record_label,
    case when q.turn = 2 then coalesce(
      (select x.id from public.webhook_queue x
        where x.webhook_id = q.webhook_id and x.record_id = q.record_id and x.turn = 1 limit 1),
      (select s.delivery_id from public.webhook_stopped_records s
        where s.webhook_id = q.webhook_id and s.record_id = q.record_id)) end as follows,
    q.merged
  from public.webhook_queue q
  union all
  select
    h.id, h.webhook_id, h.event_id, h.event_type, h.is_test,
    h.status, false, h.retry_count, h.attempt_count, null,
    h.last_status_code, h.last_error_kind, h.last_error, h.last_duration_ms,
    h.created_at, h.finished_at,
    case when h.merged is null then (select e.payload::text from public.webhook_events e where e.id = h.event_id)
      else public.webhook_merged_payload(h.merged) end,
    null,
    (select public.webhook_payload_text(e.payload, 'id') from public.webhook_events e where e.id = h.event_id),
    (select coalesce(e.record_label, public.webhook_record_label(e.event_type, e.payload)) from public.webhook_events e where e.id = h.event_id),
    null, h.merged
  from public.webhook_history h;
comment on view public.webhook_deliveries is
  'Every delivery with its status. waits_for: inactive (its webhook is switched off or deleted), cancellation (everything that waits is being cancelled), pause (the breaker is open, or lets another one try), receiver (it asked to be left alone), record (another delivery of its record goes before it: follows says which, or which failed one somebody has to decide upon), time (its own due time), rate (the requests per second of its webhook are used up), limit (all its requests at once are under way); null when nothing but its turn, or it is being sent. Page by id, newest first. payload_text, record_id and record_label are read from the payload, where asked for: search_webhook_deliveries finds by them. merged: the events that it brings as one.';

revoke all on public.webhook_deliveries from public, anon, authenticated, service_role;
grant select on public.webhook_deliveries to authenticated, service_role;
