-- The figures behind the charts: hours of webhook_stats_hourly added up to periods of the person's own clock.

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

create function public.fold_statistics(max_rows integer) returns integer
language plpgsql security invoker
set search_path = ''
as $$
declare
  folded integer;
begin
  with stripe as (
    delete from public.webhook_stats_hourly s where s.ctid = any (array(
      select x.ctid from public.webhook_stats_hourly x
      where x.stripe > 0 and x.hour + x.stripe * interval '10 seconds' < now() - interval '30 seconds'
      order by x.hour, x.stripe limit max_rows for update skip locked))
    returning s.*
  ), latency as (
    select sums.webhook_id, sums.hour, array_agg(sums.attempts order by sums.n) as histogram
    from (
      select r.webhook_id, r.hour, bucket.n, sum(bucket.attempts)::integer as attempts
      from stripe r cross join unnest(r.latency_histogram) with ordinality as bucket (attempts, n)
      group by 1, 2, 3
    ) as sums
    group by 1, 2
  ), added as (
    insert into public.webhook_stats_hourly as s
      (webhook_id, hour, succeeded, failed, retried, duration_ms_sum,
        errors_4xx, errors_5xx, errors_timeout, errors_network, errors_transform, skipped, latency_histogram)
    select r.webhook_id, r.hour, sum(r.succeeded), sum(r.failed), sum(r.retried), sum(r.duration_ms_sum),
      sum(r.errors_4xx), sum(r.errors_5xx), sum(r.errors_timeout), sum(r.errors_network), sum(r.errors_transform), sum(r.skipped),
      (select l.histogram from latency l where l.webhook_id = r.webhook_id and l.hour = r.hour)
    from stripe r
    group by r.webhook_id, r.hour
    order by r.webhook_id, r.hour
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
      skipped = s.skipped + excluded.skipped,
      latency_histogram = public.webhook_add_histograms(s.latency_histogram, excluded.latency_histogram)
  )
  select count(*) into folded from stripe;
  return folded;
end
$$;
comment on function public.fold_statistics is
  'A chore: adds the stripes of past hours and minutes to the row of their hour, at most so many. Answers how many.';

revoke execute on function public.webhook_statistics, public.fold_statistics
from public, anon, authenticated, service_role;
grant execute on function public.fold_statistics
to service_role;
grant execute on function public.webhook_statistics
to authenticated, service_role;
