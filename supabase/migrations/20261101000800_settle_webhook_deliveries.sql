-- Settle: write what became of leased deliveries. A result whose lease was lost writes nothing.

create function public.webhook_latency_bucket(duration_ms integer) returns integer
language sql immutable parallel safe
return width_bucket(duration_ms, array[5, 10, 25, 50, 100, 200, 300, 500, 750, 1000, 2000, 3000, 5000, 10000, 30000]);
comment on function public.webhook_latency_bucket is
  'Index 0 to 15 in latency_histogram: below 5 ms, 10, 25, 50, 100, 200, 300, 500, 750 ms, 1, 2, 3, 5, 10, 30 s, and above.';

create function public.webhook_add_histograms(one integer[], other integer[]) returns integer[]
language sql immutable parallel safe
set search_path = ''
as $$
  select array_agg(a + b order by n) from unnest(one, other) with ordinality as pair (a, b, n)
$$;
comment on function public.webhook_add_histograms is 'Element-wise sum of two histograms of the same length.';

create function public.webhook_histogram(buckets integer[], counts integer[]) returns integer[]
language plpgsql immutable parallel safe
set search_path = ''
as $$
declare
  histogram integer[] := array[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
begin
  for i in 1 .. cardinality(buckets) loop
    histogram[buckets[i] + 1] := histogram[buckets[i] + 1] + counts[i];
  end loop;
  return histogram;
end
$$;
comment on function public.webhook_histogram is 'Counts by bucket as one latency_histogram of 16 numbers.';

create function public.webhook_pause(pauses integer) returns interval
language sql immutable parallel safe
return make_interval(secs => least(300, 10 * power(2, least(pauses, 5)))); -- power itself would overflow in days
comment on function public.webhook_pause is
  'How long the breaker stays open: 10 s the first time, doubled each time that the probe fails, at most 5 minutes.';

create function public.webhook_breaker_opens(health public.webhook_health, further_failures integer) returns boolean
language sql stable
return case
  when health.paused_until is null then health.failures + further_failures >= 20
  -- Half open: the probe failed. While it is open, answers to earlier requests change nothing.
  else health.paused_until <= now()
end;
comment on function public.webhook_breaker_opens is
  'True when the circuit breaker of a webhook opens after further failures: at 20 in a row without any success, or at a failed probe.';

create function public.settle_webhook_deliveries(results json) returns json
language plpgsql security invoker
set search_path = ''
-- As in claim_webhook_deliveries: deliveries are looked up by their ids, however many there were when the plan was made.
set enable_seqscan = off
set enable_bitmapscan = off
set enable_mergejoin = off
as $$
declare
  settled json;
begin
  -- 410 Gone: the receiver asked not to be called again. First, so that setting the webhook's queue aside
  -- waits for other drains before this one holds anything that they wait for.
  if strpos(results::text, '"gone"') > 0 then
    update public.webhooks w set status = 'inactive', disabled_reason = 'gone'
    where w.status = 'active' and w.id in (
      select q.webhook_id
      from json_to_recordset(results) as r(id uuid, fence integer, status text, error_kind text, request_url text)
      join public.webhook_queue q on q.id = r.id and q.fence = r.fence
      where r.error_kind = 'gone' and r.status = 'failed' and not q.is_test
        -- Not what a former URL answered.
        and q.webhook_id = w.id and r.request_url is not distinct from w.url);
  end if;

  with result as materialized (
    -- Once each: a drain may hold two results of one delivery when it lost a lease to itself.
    select distinct on (r.id, r.fence) * from json_to_recordset(results) as r(
      id uuid, fence integer, status text, delay_ms bigint, error_kind text, error_message text,
      started_at timestamptz, duration_ms integer,
      request_url text, request_headers json, request_body text, request_format text,
      response_status integer, response_headers json, response_body text, response_truncated boolean, console json,
      receiver_failed boolean)
  ), held as materialized (
    -- Whose lease still holds. Locked in the order of ids, as everything does that locks many queued deliveries:
    -- no deadlock with a webhook that is being switched off or deleted.
    select q.id, q.webhook_id, q.event_id, q.event_type, q.is_test, q.retry_count, q.attempt_count + 1 as attempt,
      q.fence, q.created_at, r.status, r.delay_ms, r.error_kind, r.error_message, r.started_at, r.duration_ms,
      r.request_url, r.request_headers, r.request_body, r.request_format,
      r.response_status, r.response_headers, r.response_body, coalesce(r.response_truncated, false) as response_truncated,
      r.console, coalesce(r.receiver_failed, false) as receiver_failed
    from result r join public.webhook_queue q on q.id = r.id and q.fence = r.fence
    -- Said twice, for the sake of the plan: joined to a list of ids, a table is read as a whole when it once was short.
    where q.id = any (array(select r.id from result r))
    order by q.id
    for update of q
  ), retried as (
    update public.webhook_queue q set
      retry_count = q.retry_count + 1, attempt_count = q.attempt_count + 1, fence = q.fence + 1,
      locked_until = null, worker = null,
      due_at = case when isfinite(q.due_at) then now() + h.delay_ms * interval '1 millisecond' else 'infinity' end,
      resume_at = case when isfinite(q.due_at) then null else now() + h.delay_ms * interval '1 millisecond' end,
      last_status_code = h.response_status, last_error_kind = h.error_kind, last_error = h.error_message,
      last_duration_ms = h.duration_ms
    from held h
    where q.id = h.id and h.status = 'retrying'
      and q.id = any (array(select h.id from held h where h.status = 'retrying'))
  ), final as (
    delete from public.webhook_queue q
    where q.id = any (array(select h.id from held h where h.status in ('success', 'failed')))
  ), attempted as (
    insert into public.webhook_attempts (delivery_id, attempt, webhook_id, started_at, duration_ms, succeeded,
      request_url, request_headers, request_body, request_format,
      response_status, response_headers, response_body, response_truncated, error_kind, error_message, console)
    select h.id, h.attempt, h.webhook_id, h.started_at, h.duration_ms, h.status = 'success',
      h.request_url, h.request_headers, h.request_body, h.request_format,
      h.response_status, h.response_headers, h.response_body, h.response_truncated, h.error_kind, h.error_message, h.console
    from held h
  ), ended as (
    insert into public.webhook_history (id, webhook_id, event_id, event_type, is_test, status, retry_count, attempt_count, fence,
      last_status_code, last_error_kind, last_error, last_duration_ms, created_at)
    select h.id, h.webhook_id, h.event_id, h.event_type, h.is_test, h.status, h.retry_count, h.attempt, h.fence,
      h.response_status, h.error_kind, h.error_message, h.duration_ms, h.created_at
    from held h
    where h.status in ('success', 'failed')
  ), bucket as materialized (
    select h.webhook_id, public.webhook_latency_bucket(h.duration_ms) as n, count(*)::integer as attempts,
      count(*) filter (where h.status = 'success') as succeeded,
      count(*) filter (where h.status = 'failed') as failed,
      count(*) filter (where h.status = 'retrying') as retried,
      sum(h.duration_ms) as duration_ms_sum,
      count(*) filter (where h.error_kind is not null and h.response_status between 400 and 499) as errors_4xx,
      count(*) filter (where h.error_kind is not null and h.response_status between 500 and 599) as errors_5xx,
      count(*) filter (where h.error_kind = 'timeout') as errors_timeout,
      count(*) filter (where h.error_kind in ('dns', 'connection_refused', 'connection_reset', 'tls')) as errors_network,
      count(*) filter (where h.error_kind ^@ 'transform_' or h.error_kind = 'payload_too_large') as errors_transform
    from held h where not h.is_test
    group by 1, 2
  ), summed as (
    insert into public.webhook_stats_hourly as s
      (webhook_id, hour, succeeded, failed, retried, duration_ms_sum,
        errors_4xx, errors_5xx, errors_timeout, errors_network, errors_transform, latency_histogram)
    select b.webhook_id, date_trunc('hour', now()), sum(b.succeeded), sum(b.failed), sum(b.retried), sum(b.duration_ms_sum),
      sum(b.errors_4xx), sum(b.errors_5xx), sum(b.errors_timeout), sum(b.errors_network), sum(b.errors_transform),
      public.webhook_histogram(array_agg(b.n), array_agg(b.attempts))
    from bucket b
    group by b.webhook_id
    order by b.webhook_id -- one lock order for all drains
    on conflict (webhook_id, hour) do update set
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
    select h.webhook_id, bool_or(h.status = 'success') as healthy,
      count(*) filter (where h.receiver_failed and not h.is_test)::integer as failures
    from held h group by h.webhook_id
  ), recovered as (
    delete from public.webhook_health x using verdict v where x.webhook_id = v.webhook_id and v.healthy
  ), failing as (
    insert into public.webhook_health as x (webhook_id, failures, paused_until, pauses)
    select v.webhook_id, v.failures, opening.until, case when opening.until is null then 0 else 1 end
    from verdict v
    cross join lateral (select case when v.failures >= 20 then now() + public.webhook_pause(0) end as until) as opening
    where not v.healthy and v.failures > 0
    order by v.webhook_id
    on conflict (webhook_id) do update set
      failures = x.failures + excluded.failures,
      paused_until = case when public.webhook_breaker_opens(x, excluded.failures)
        then now() + public.webhook_pause(x.pauses) else x.paused_until end,
      pauses = case when public.webhook_breaker_opens(x, excluded.failures) then x.pauses + 1 else x.pauses end,
      last_failed_at = now()
  )
  select coalesce(json_agg(h.id), '[]') into settled from held h;
  return settled;
end
$$;
comment on function public.settle_webhook_deliveries is
  'Writes attempt, delivery, history and statistics of each result whose fence still matches, in one statement. Answers the ids that were written; the others had lost their lease.';

create function public.exchange_webhook_deliveries(
  results text, max_items integer, worker text, after_webhook uuid default null, max_payload integer default null
) returns text -- as text, both ways: no layer between takes it apart
language plpgsql security invoker
set search_path = ''
as $$
begin
  if results <> '[]' then
    perform public.settle_webhook_deliveries(results::json);
  end if;
  if max_items > 0 then
    return public.claim_webhook_deliveries(max_items, worker, after_webhook, max_payload)::text;
  end if;
  return null;
end
$$;
comment on function public.exchange_webhook_deliveries is
  'Settles results (a JSON array), then claims: in one transaction, so that slots which the results free are used at once. Answers what claim answers; null when max_items is 0.';

revoke execute on function public.settle_webhook_deliveries, public.exchange_webhook_deliveries, public.webhook_breaker_opens
  from public, anon, authenticated;
grant execute on function public.settle_webhook_deliveries, public.exchange_webhook_deliveries, public.webhook_breaker_opens
  to service_role;
