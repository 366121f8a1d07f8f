-- Latencies, counted in buckets.

create function public.webhook_latency_bucket(duration_ms integer) returns integer
language sql immutable parallel safe
return width_bucket(duration_ms, array[5, 10, 25, 50, 100, 200, 300, 500, 750, 1000, 2000, 3000, 5000, 10000, 30000]);
comment on function public.webhook_latency_bucket is
  'Index 0 to 15 in latency_histogram: below 5 ms, 10, 25, 50, 100, 200, 300, 500, 750 ms, 1, 2, 3, 5, 10, 30 s, and above.';

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
comment on function public.webhook_histogram is
  'Counts by bucket as one latency_histogram of 16 numbers.';

create function public.webhook_add_histograms(one integer[], other integer[]) returns integer[]
language sql immutable parallel safe
set search_path = ''
as $$
  select array_agg(a + b order by n) from unnest(one, other) with ordinality as pair (a, b, n)
$$;
comment on function public.webhook_add_histograms is
  'Element-wise sum of two histograms of the same length.';

revoke execute on function public.webhook_latency_bucket, public.webhook_histogram, public.webhook_add_histograms
from public, anon, authenticated, service_role;
grant execute on function public.webhook_latency_bucket, public.webhook_histogram, public.webhook_add_histograms
to service_role;
