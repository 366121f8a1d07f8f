-- How quickly, and after which pause, a receiver is sent to.

create function public.webhook_pace_allowance(next_at timestamptz, rate_limit integer, at timestamptz) returns integer
language sql immutable parallel safe
return floor(extract(epoch from at - greatest(next_at, at)) * rate_limit + greatest(1, rate_limit / 10.0))::integer;
comment on function public.webhook_pace_allowance is
  'How many requests a webhook with a rate may start now: GCRA, in bursts of at most 100 ms worth (one at least).';

create function public.webhook_pace_turn(next_at timestamptz, taken bigint, rate_limit integer) returns timestamptz
language sql stable
return next_at + make_interval(secs => (taken + 1 - greatest(1, rate_limit / 10.0)) / rate_limit);
comment on function public.webhook_pace_turn is
  'When a webhook with a rate may start another request, after it started some at next_at.';

create function public.webhook_pause(pauses integer) returns interval
language sql immutable parallel safe
return make_interval(secs => least(300, 10 * power(2, least(pauses, 5)))); -- power itself would overflow in days
comment on function public.webhook_pause is
  'How long the breaker stays open: 10 s the first time, doubled each time that the probe fails, at most 5 minutes.';
comment on function public.webhook_pause is
  'How long the breaker stays open: 10 s the first time, doubled each time that the probe fails, at most 5 minutes.';

revoke execute on function public.webhook_pace_allowance, public.webhook_pace_turn, public.webhook_pause
from public, anon, authenticated, service_role;
grant execute on function public.webhook_pace_allowance, public.webhook_pace_turn, public.webhook_pause
to service_role;
