-- Claim: lease due deliveries to one drain, fairly across webhooks. It never reads more of the queue than it takes, whatever was in
-- the tables when it was planned.

create function public.webhook_delivery_batch(leased public.webhook_queue[]) returns json
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
        'secret_key', s.secret_key, 'alert', w.alert,
        'signing_secrets', case when s.previous_expires_at > now()
          then json_build_array(s.signing_secret, s.previous_signing_secret)
          else json_build_array(s.signing_secret) end))
      from public.webhooks w join public.webhook_secrets s on s.webhook_id = w.id
      where w.id in (select i.webhook_id from item i)), '{}'),
    'events', coalesce((
      select json_object_agg(e.id, json_build_object(
        -- As text: no depth and no number in it can spoil the answer for the others.
        'event_type', e.event_type, 'payload', e.payload::text, 'occurred_at', e.occurred_at, 'traceparent', e.traceparent,
        'sequence', e.sequence, 'origin', case when e.origin = 'backfill' then e.origin end))
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

create function public.claim_webhook_deliveries(
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

create function public.emit_and_claim_webhook_deliveries(
  events text[], person json, patience_ms integer, max_items integer, worker text, after_webhook uuid, max_payload integer
) returns text -- as text: no layer between takes it apart
language plpgsql security invoker
set search_path = ''
as $$
declare
  emitted json;
  claim json;
begin
  if person is not null then
    -- Whose session the application has checked: rights, keys and the end of the session are asked for as if they called.
    perform set_config('request.jwt.claims', person::text, true), set_config('request.jwt.claim.sub', person ->> 'sub', true);
  end if;
  begin
    emitted := public.emit_webhook_events_each(events, patience_ms);
  exception
    when insufficient_privilege then -- the person's, not the service's
      raise exception '%', sqlerrm using errcode = '22023';
  end;
  -- Drains do not see what another one claims of events that are not committed yet: who sends alone keeps max_in_flight by itself.
  if max_items > 0 and exists (select from json_array_elements(emitted) e where (e ->> 'deliveries')::integer > 0)
    and not exists (
      select from public.webhook_workers w
      where w.last_exchange_at > now() - interval '1 minute'
        and split_part(w.worker, '/', 1) <> split_part(emit_and_claim_webhook_deliveries.worker, '/', 1))
  then
    begin
      perform set_config('lock_timeout', '50ms', true);
      claim := public.claim_webhook_deliveries(max_items, worker, after_webhook, max_payload);
    exception
      when others then -- whatever is in the way of sending is no matter of the events; the next claim tells of it
        claim := null;
    end;
  end if;
  return json_build_object('events', emitted, 'claim', claim)::text;
end
$$;
comment on function public.emit_and_claim_webhook_deliveries is
  'As emit_webhook_events_each, for a person whose claims (those of the access token) were checked, or for the service itself where person is null; then claims for the worker, as claim_webhook_deliveries does, unless other drains have exchanged within the last minute, nothing was queued, or something is in the way of it: the events are committed all the same. Answers { events, claim }; claim is null where none was made.';

create function public.release_webhook_leases(worker text, present text) returns integer
language sql security invoker
set search_path = ''
as $$
  with lost as (
    select q.id from public.webhook_queue q
    where q.locked_until > now() and q.worker <> present and split_part(q.worker, '/', 1) = release_webhook_leases.worker
    for update of q skip locked
  ), released as (
    update public.webhook_queue q set locked_until = null from lost l where q.id = l.id returning 1
  )
  select count(*)::integer from released
$$;
comment on function public.release_webhook_leases is
  'Gives up the leases that earlier lives of a worker took with them: workers are named name/life, and a name is alive once. Answers how many.';

create function public.release_unknown_webhook_leases(worker text, under_way uuid[]) returns integer
language sql security invoker
set search_path = ''
as $$
  with lost as (
    select q.id from public.webhook_queue q
    where q.locked_until > now() and q.worker = release_unknown_webhook_leases.worker and not q.is_test
      and q.id <> all (under_way)
    for update of q skip locked
  ), released as (
    update public.webhook_queue q set locked_until = null from lost l where q.id = l.id returning 1
  )
  select count(*)::integer from released
$$;
comment on function public.release_unknown_webhook_leases is
  'Gives up the leases of a worker but those of the deliveries that it knows to be under way: after a claim whose answer never came. Answers how many.';

revoke execute on function public.webhook_delivery_batch, public.claim_webhook_deliveries,
  public.emit_and_claim_webhook_deliveries, public.release_webhook_leases, public.release_unknown_webhook_leases
from public, anon, authenticated, service_role;
grant execute on function public.webhook_delivery_batch, public.claim_webhook_deliveries,
  public.emit_and_claim_webhook_deliveries, public.release_webhook_leases, public.release_unknown_webhook_leases
to service_role;
