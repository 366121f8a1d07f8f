-- Claims give turns.

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
      q.fence, q.created_at, r.status, r.delay_ms, coalesce(r.keeps_retry, false) as keeps_retry, r.hold_ms, r.fault,
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
      last_status_code, last_error_kind, last_error, last_duration_ms, created_at)
    select h.id, h.webhook_id, h.event_id, h.event_type, h.is_test, h.status, h.retry_count, h.attempt, h.fence,
      h.response_status, h.error_kind, h.error_message, h.duration_ms, h.created_at
    from tried h
    where h.status <> 'retrying'
  ), bucket as materialized (
    select h.webhook_id, public.webhook_latency_bucket(h.duration_ms) as n, count(*)::integer as attempts,
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
      public.webhook_histogram(array_agg(b.n), array_agg(b.attempts))
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
      max(h.response_status) filter (where h.hold_ms is not null) as hold_status
    from tried h group by h.webhook_id
  ), recovered as (
    delete from public.webhook_health x using verdict v where x.webhook_id = v.webhook_id and v.successes > 0
  ), failing as (
    insert into public.webhook_health as x (webhook_id, failures, outages, paused_until, pauses)
    select v.webhook_id, v.failures, case when v.answers then 0 else v.outages end, opening.until,
      case when opening.until is null then 0 else 1 end
    from verdict v
    cross join lateral (
      select case when v.outages >= 20 and not v.answers then now() + public.webhook_pause(0) end as until) as opening
    where v.successes = 0 and v.failures > 0
    order by v.webhook_id
    on conflict (webhook_id) do update set
      (failures, outages, paused_until, pauses, last_failed_at) = (
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
          now()
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
    select w.*, start.at, start.at < now() - margin and row_number() over (order by start.at) <= most_behind as is_behind
    from walk w cross join lateral (select least(w.first_due, w.retry_due, w.unchecked_due) as at) as start
    where start.at is not null
  )
  select least(min(p.at) filter (where not p.is_behind), now()) - margin,
    coalesce(array_agg(row (p.webhook_id, p.at - margin,
      -- What comes may be due before one that is to wait.
      case when p.first_due < now() - margin then p.first_due end, case when p.first_due < now() - margin then p.first_id end
      )::public.webhook_queue_place) filter (where p.is_behind), '{}')
  into floor, behind
  from place p;
end
$$;
