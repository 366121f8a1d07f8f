-- Settle: write what attempts came to, each guarded by its fence. It looks for locked deliveries only where some results were not
-- written, and waits for locks no longer than its caller says: on a quiet database whoever holds one for a tenth of a second holds it
-- for long.

create function public.settle_webhook_deliveries(results json, patience_ms integer default 500) returns json
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
  -- So is what was given up.
  if strpos(results::text, '"failed"') > 0 then
    perform public.tell_exhausted_deliveries(array(select (r.id)::uuid from json_array_elements_text(answer -> 'settled') as r (id)));
  end if;
  return answer;
end
$$;
comment on function public.settle_webhook_deliveries is
  'Writes attempt, delivery, history, statistics, health and hold of each result whose fence still matches, in one statement. Answers { settled, busy }: the ids that were written, and those whose delivery somebody has locked, to be handed in again. The others had lost their lease. Waits patience_ms, 50 to 500, for any lock (55P03).';

create function public.webhook_queue_floors(inout floor timestamptz, inout behind public.webhook_queue_place[])
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

create function public.note_webhook_exchange(worker text, settles boolean, own public.webhook_workers) returns void
language plpgsql security invoker
set search_path = ''
as $$
#variable_conflict use_column
declare
  least_dead constant integer := 5000; -- fewer cost a claim less than the look does
  began timestamptz;
  looks_at_all boolean;
begin
  -- Not worth a wait: whoever held this row would stop everything that its drain sends.
  perform from public.webhook_workers w where w.worker = note_webhook_exchange.worker for update skip locked;
  if not found then
    insert into public.webhook_workers (worker, last_settled_at)
    values (note_webhook_exchange.worker, case when settles then now() end)
    on conflict do nothing;
    return;
  end if;
  if pg_stat_get_dead_tuples('public.webhook_queue'::regclass) < least_dead then
    own.floor := '-infinity';
    own.behind := '{}';
  else
    -- From the last floor on. What long transactions brought behind it is found by a look at all, which walks over what is
    -- dead itself: a hundredth of the time at most.
    began := clock_timestamp();
    looks_at_all := own.floor = '-infinity' or own.floor_seen_at < now() - greatest(interval '30 seconds', 100 * own.floor_took);
    if looks_at_all then
      own.floor := '-infinity';
      own.behind := '{}';
    end if;
    select f.floor, f.behind into own.floor, own.behind from public.webhook_queue_floors(own.floor, own.behind) f;
    if looks_at_all then
      own.floor_seen_at := now();
      own.floor_took := clock_timestamp() - began;
    end if;
  end if;
  update public.webhook_workers w set
    last_exchange_at = now(), last_settled_at = case when settles then now() else w.last_settled_at end,
    floor = own.floor, floor_took = own.floor_took, floor_seen_at = own.floor_seen_at,
    behind = own.behind
  where w.worker = note_webhook_exchange.worker;
end
$$;
comment on function public.note_webhook_exchange is
  'Notes that a drain exchanges, and looks from where on anything is due where much of the queue is dead. own: its row as it is.';

create function public.exchange_webhook_deliveries(
  results text, max_items integer, worker text, after_webhook uuid default null, max_payload integer default null,
  patience_ms integer default 500
) returns text -- as text, both ways: no layer between takes it apart
language plpgsql security invoker
set search_path = ''
as $$
declare
  busy json := '[]';
  own public.webhook_workers;
begin
  perform set_config('lock_timeout', least(greatest(patience_ms, 50), 500) || 'ms', true);
  if results <> '[]' then
    busy := public.settle_webhook_deliveries(results::json, patience_ms) -> 'busy';
  end if;
  select w.* into own from public.webhook_workers w where w.worker = exchange_webhook_deliveries.worker;
  if own.last_exchange_at > now() - interval '2 seconds' and (results = '[]' or own.last_settled_at > now() - interval '2 seconds') then
    null; -- noted lately
  else
    perform public.note_webhook_exchange(worker, results <> '[]', own);
  end if;
  return json_build_object('busy', busy, 'claim', case
    when max_items > 0 then public.claim_webhook_deliveries(max_items, worker, after_webhook, max_payload) end)::text;
end
$$;
comment on function public.exchange_webhook_deliveries is
  'Settles results (a JSON array), then claims: in one transaction, so that slots which the results free are used at once. Answers { busy, claim }: what settle answers as busy, and what claim answers; claim is null when max_items is 0. Waits patience_ms, 50 to 500, for any lock (55P03).';

revoke execute on function public.settle_webhook_deliveries, public.webhook_queue_floors, public.note_webhook_exchange,
  public.exchange_webhook_deliveries
from public, anon, authenticated, service_role;
grant execute on function public.settle_webhook_deliveries, public.webhook_queue_floors, public.note_webhook_exchange,
  public.exchange_webhook_deliveries
to service_role;
