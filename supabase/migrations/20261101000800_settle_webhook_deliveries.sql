-- Settle: write what became of leased deliveries. A result whose lease was lost writes nothing.

create function public.webhook_latency_bucket(duration_ms integer) returns integer
language sql immutable parallel safe
set search_path = ''
as $$
  select width_bucket(duration_ms, array[5, 10, 25, 50, 100, 200, 300, 500, 750, 1000, 2000, 3000, 5000, 10000, 30000])
$$;
comment on function public.webhook_latency_bucket is
  'Index 0 to 15 in latency_histogram: below 5 ms, 10, 25, 50, 100, 200, 300, 500, 750 ms, 1, 2, 3, 5, 10, 30 s, and above.';

create function public.webhook_add_histograms(one integer[], other integer[]) returns integer[]
language sql immutable parallel safe
set search_path = ''
as $$
  select array_agg(a + b order by n) from unnest(one, other) with ordinality as pair (a, b, n)
$$;
comment on function public.webhook_add_histograms is 'Element-wise sum of two histograms of the same length.';

create function public.settle_webhook_deliveries(results json) returns json
language plpgsql security invoker
set search_path = ''
as $$
declare
  settled json;
begin
  -- 410 Gone: the receiver asked not to be called again. First, so that setting the webhook's queue aside
  -- waits for other drains before this one holds anything that they wait for.
  update public.webhooks w set status = 'inactive', disabled_reason = 'gone'
  where w.status = 'active' and w.id in (
    select q.webhook_id
    from json_to_recordset(results) as r(id uuid, fence integer, status text, error_kind text)
    join public.webhook_queue q on q.id = r.id and q.fence = r.fence
    where r.error_kind = 'gone' and r.status = 'failed' and not q.is_test);

  -- In the order of ids, as everything does that locks many queued deliveries: no deadlock with a webhook
  -- that is being switched off or deleted.
  perform from (
    select from json_to_recordset(results) as r(id uuid, fence integer)
    join public.webhook_queue q on q.id = r.id and q.fence = r.fence
    order by q.id for update of q
  ) as locked;

  with result as materialized (
    -- Once each: a drain may hold two results of one delivery when it lost a lease to itself.
    select distinct on (r.id, r.fence) * from json_to_recordset(results) as r(
      id uuid, fence integer, status text, delay_ms bigint, error_kind text, error_message text,
      started_at timestamptz, duration_ms integer,
      request_url text, request_headers json, request_body text,
      response_status integer, response_headers json, response_body text, response_truncated boolean, console json)
  ), retried as (
    update public.webhook_queue q set
      retry_count = q.retry_count + 1, attempt_count = q.attempt_count + 1, fence = q.fence + 1,
      locked_until = null, worker = null,
      due_at = case when isfinite(q.due_at) then now() + r.delay_ms * interval '1 millisecond' else 'infinity' end,
      resume_at = case when isfinite(q.due_at) then null else now() + r.delay_ms * interval '1 millisecond' end,
      last_status_code = r.response_status, last_error_kind = r.error_kind, last_error = r.error_message,
      last_duration_ms = r.duration_ms
    from result r
    where r.status = 'retrying' and q.id = r.id and q.fence = r.fence
    returning q.id, r.fence, q.webhook_id, q.attempt_count, q.is_test
  ), final as (
    delete from public.webhook_queue q using result r
    where r.status in ('success', 'failed') and q.id = r.id and q.fence = r.fence
    returning q.*
  ), kept as materialized (
    select id, fence, webhook_id, attempt_count, is_test from retried
    union all
    select id, fence, webhook_id, attempt_count + 1, is_test from final
  ), attempted as (
    insert into public.webhook_attempts (delivery_id, attempt, webhook_id, started_at, duration_ms, succeeded,
      request_url, request_headers, request_body,
      response_status, response_headers, response_body, response_truncated, error_kind, error_message, console)
    select k.id, k.attempt_count, k.webhook_id, r.started_at, r.duration_ms, r.status = 'success',
      r.request_url, r.request_headers, r.request_body,
      r.response_status, r.response_headers, r.response_body, coalesce(r.response_truncated, false),
      r.error_kind, r.error_message, r.console
    from kept k join result r on r.id = k.id and r.fence = k.fence
  ), ended as (
    insert into public.webhook_history (id, webhook_id, event_id, event_type, is_test, status, retry_count, attempt_count, fence,
      last_status_code, last_error_kind, last_error, last_duration_ms, created_at)
    select f.id, f.webhook_id, f.event_id, f.event_type, f.is_test, r.status, f.retry_count, f.attempt_count + 1, f.fence,
      r.response_status, r.error_kind, r.error_message, r.duration_ms, f.created_at
    from final f join result r on r.id = f.id and r.fence = f.fence
  ), counted as (
    select k.webhook_id,
      count(*) filter (where r.status = 'success') as succeeded,
      count(*) filter (where r.status = 'failed') as failed,
      count(*) filter (where r.status = 'retrying') as retried,
      sum(r.duration_ms) as duration_ms_sum,
      (select array_agg((select count(*)::integer from unnest(array_agg(public.webhook_latency_bucket(r.duration_ms))) as b where b = n) order by n)
        from generate_series(0, 15) as n) as latency_histogram
    from kept k join result r on r.id = k.id and r.fence = k.fence
    where not k.is_test
    group by k.webhook_id
    order by k.webhook_id -- one lock order for all drains
  ), summed as (
    insert into public.webhook_stats_hourly as s
      (webhook_id, hour, succeeded, failed, retried, duration_ms_sum, latency_histogram)
    select c.webhook_id, date_trunc('hour', now()), c.succeeded, c.failed, c.retried, c.duration_ms_sum, c.latency_histogram
    from counted c
    on conflict (webhook_id, hour) do update set
      succeeded = s.succeeded + excluded.succeeded,
      failed = s.failed + excluded.failed,
      retried = s.retried + excluded.retried,
      duration_ms_sum = s.duration_ms_sum + excluded.duration_ms_sum,
      latency_histogram = public.webhook_add_histograms(s.latency_histogram, excluded.latency_histogram)
  )
  select coalesce(json_agg(k.id), '[]') into settled from kept k;
  return settled;
end
$$;
comment on function public.settle_webhook_deliveries is
  'Writes attempt, delivery, history and statistics of each result whose fence still matches, in one statement. Answers the ids that were written; the others had lost their lease.';

revoke execute on function public.settle_webhook_deliveries from public, anon, authenticated;
grant execute on function public.settle_webhook_deliveries to service_role;
