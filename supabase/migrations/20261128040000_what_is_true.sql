-- What the console says of a webhook and of what waits: why a receiver is not well, latencies of answers alone, skipped deliveries in
-- the figures, and what a delivery that is due waits for.

alter table public.webhook_health add column last_error_kind text, add column last_status_code integer;
comment on column public.webhook_health.last_status_code is
  'What the latest of these failures was answered; null where nothing was: last_error_kind says what happened instead.';
comment on table public.webhook_stats_hourly is
  'Per webhook and hour: outcomes and a histogram of the latencies of answered attempts, written by settle. Charts never count raw rows. Tests are left out.';

create or replace view public.webhook_receiver_health with (security_invoker = true) as
  select coalesce(h.webhook_id, s.webhook_id) as webhook_id,
    h.failing_since, coalesce(h.failures, 0) as failures, h.paused_until, s.held_until, s.status_code as held_status,
    h.last_error_kind, h.last_status_code
  from public.webhook_health h full join public.webhook_holds s on s.webhook_id = h.webhook_id;
comment on view public.webhook_receiver_health is
  'Of webhooks whose receiver has only failed since its last success, or has asked to be left alone (held_until may be past: it starts again slowly). No row: it answers. last_error_kind and last_status_code are of the latest failure.';

grant select on public.webhook_pace to authenticated;
create policy "administrators read" on public.webhook_pace
  for select to authenticated using ((select public.is_webhook_admin()));

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

create or replace function public.list_webhook_activity(webhook_ids uuid[])
returns table (webhook_id uuid, waiting integer, last_delivery_at timestamptz, last_24h json, health json)
language plpgsql stable security invoker
set search_path = ''
as $$
#variable_conflict use_column
begin
  if cardinality(webhook_ids) > 1000 then
    raise exception 'validation_failed' using errcode = '22023', hint = 'At most 1,000 ids in one call.';
  end if;
  return query
  select asked.id,
    (select count(*)::integer from (
      select 1 from public.webhook_queue q where q.webhook_id = asked.id limit 1000) as capped),
    greatest(
      (select h.created_at from public.webhook_history h where h.webhook_id = asked.id order by h.id desc limit 1),
      (select max(q.created_at) from (
        select q.created_at from public.webhook_queue q where q.webhook_id = asked.id limit 1000) as q)),
    (select coalesce(json_agg(json_build_object('hour', h.hour, 'succeeded', h.succeeded, 'failed', h.failed, 'retried', h.retried)
        order by h.hour), '[]')
      from (
        select s.hour, sum(s.succeeded) as succeeded, sum(s.failed) as failed, sum(s.retried) as retried
        from public.webhook_stats_hourly s
        where s.webhook_id = asked.id and s.hour > now() - interval '24 hours'
        group by s.hour) as h),
    (select json_build_object('failing_since', x.failing_since, 'failures', x.failures, 'paused_until', x.paused_until,
        'held_until', x.held_until, 'held_status', x.held_status,
        'last_error_kind', x.last_error_kind, 'last_status_code', x.last_status_code)
      from public.webhook_receiver_health x where x.webhook_id = asked.id)
  from unnest(webhook_ids) as asked (id);
end
$$;
comment on function public.list_webhook_activity is
  'For the list: per webhook its waiting deliveries (counted up to 1,000), its last delivery, its last 24 hours and its health.';

drop function public.webhook_statistics;
create function public.webhook_statistics(
  step interval, periods integer, time_zone text default 'UTC', target uuid default null, until timestamptz default now()
)
returns table (
  since timestamptz, succeeded bigint, failed bigint, retried bigint,
  errors_4xx bigint, errors_5xx bigint, errors_timeout bigint, errors_network bigint, errors_transform bigint,
  latency_histogram bigint[], skipped bigint
)
language plpgsql stable security invoker
set search_path = ''
set plan_cache_mode = force_custom_plan -- of one webhook or of all: not one plan for both
as $$
#variable_conflict use_column
begin
  if periods between 1 and 400 is not true then
    raise exception 'validation_failed' using errcode = '22023', hint = 'periods is 1 to 400.';
  end if;
  if step between interval '1 hour' and interval '7 days' is not true then
    raise exception 'validation_failed' using errcode = '22023', hint = 'step is an hour to 7 days.';
  end if;
  if until between '2000-01-01T00:00:00Z' and '9999-12-31T00:00:00Z' is not true then
    raise exception 'validation_failed' using errcode = '22023', hint = 'until is a moment after 2000.';
  end if;
  return query
  with bound as (
    select date_bin(step, until at time zone time_zone, timestamp '2000-01-01') as last
  ), period as (
    select b.last - step * n as local_start from bound b, generate_series(0, periods - 1) as n
  ), hour as (
    select date_bin(step, s.hour at time zone time_zone, timestamp '2000-01-01') as local_start, s.*
    from public.webhook_stats_hourly s
    where s.hour >= (select min(p.local_start) from period p) at time zone time_zone
      and (target is null or s.webhook_id = target)
  ), counted as (
    select h.local_start, sum(h.succeeded) as succeeded, sum(h.failed) as failed, sum(h.retried) as retried,
      sum(h.errors_4xx) as errors_4xx, sum(h.errors_5xx) as errors_5xx, sum(h.errors_timeout) as errors_timeout,
      sum(h.errors_network) as errors_network, sum(h.errors_transform) as errors_transform, sum(h.skipped) as skipped
    from hour h group by 1
  ), latency as (
    select sums.local_start, array_agg(sums.attempts order by sums.n) as histogram
    from (
      select h.local_start, bucket.n, sum(bucket.attempts) as attempts
      from hour h cross join unnest(h.latency_histogram) with ordinality as bucket (attempts, n)
      group by 1, 2
    ) as sums
    group by 1
  )
  select p.local_start at time zone time_zone, coalesce(c.succeeded, 0), coalesce(c.failed, 0), coalesce(c.retried, 0),
    coalesce(c.errors_4xx, 0), coalesce(c.errors_5xx, 0), coalesce(c.errors_timeout, 0),
    coalesce(c.errors_network, 0), coalesce(c.errors_transform, 0),
    coalesce(l.histogram, array_fill(0::bigint, array[16])), coalesce(c.skipped, 0)
  from period p left join counted c using (local_start) left join latency l using (local_start)
  order by p.local_start;
end
$$;
comment on function public.webhook_statistics is
  'The last periods of a length (an hour, 6 hours, a day) on the clock of a time zone, oldest first, the present one included: outcomes, failed attempts by what failed, and the histogram of the latencies of answered attempts. Of one webhook (target) or of all.';

revoke execute on function public.webhook_statistics
from public, anon, authenticated, service_role;
grant execute on function public.webhook_statistics
to authenticated, service_role;

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
comment on function public.webhook_delivery_wait(uuid, boolean, timestamptz, timestamptz, boolean) is
  'What a queued delivery waits for, and when it is tried next at the earliest (null: nobody can say); one row. The values of waits_for are those of the view webhook_deliveries. leased: it is being sent.';

revoke execute on function public.webhook_delivery_wait(uuid, boolean, timestamptz, timestamptz, boolean)
from public, anon, authenticated, service_role;
grant execute on function public.webhook_delivery_wait(uuid, boolean, timestamptz, timestamptz, boolean)
to authenticated, service_role;

create or replace view public.webhook_deliveries with (security_invoker = true) as
  select
    q.id, q.webhook_id, q.event_id, q.event_type, q.is_test,
    case when q.retry_count = 0 and q.last_error_kind is distinct from 'throttled' then 'pending' else 'retrying' end as status,
    coalesce(q.locked_until > now(), false) as in_flight,
    q.retry_count, q.attempt_count,
    (select x.next_attempt_at from public.webhook_delivery_wait(q.webhook_id, q.is_test, q.created_at, q.due_at, q.locked_until > now()) x) as next_attempt_at,
    q.last_status_code, q.last_error_kind, q.last_error, q.last_duration_ms,
    q.created_at, null::timestamptz as finished_at,
    (select e.payload::text from public.webhook_events e where e.id = q.event_id) as payload_text,
    (select x.waits_for from public.webhook_delivery_wait(q.webhook_id, q.is_test, q.created_at, q.due_at, q.locked_until > now()) x) as waits_for,
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
  'Every delivery with its status. waits_for: inactive (its webhook is switched off or deleted), cancellation (everything that waits is being cancelled), pause (the breaker is open, or lets another one try), receiver (it asked to be left alone), time (its own due time), rate (the requests per second of its webhook are used up), limit (all its requests at once are under way); null when nothing but its turn, or it is being sent. Page by id, newest first. payload_text, record_id and record_label are read from the payload, where asked for: search_webhook_deliveries finds by them.';

drop function public.webhook_delivery_wait(uuid, boolean, timestamptz, timestamptz);
