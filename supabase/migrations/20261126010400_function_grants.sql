-- Nobody calls a function that is not granted to them by name: with the publishable key alone, none. Functions of triggers
-- are called by their triggers, whoever writes the row, and by nobody else.

revoke execute on function
  public.after_webhook_disabled(), public.after_webhook_insert(), public.after_webhook_update(),
  public.before_webhook_delete(), public.before_webhook_update(),
  public.webhook_add_histograms, public.webhook_histogram, public.webhook_latency_bucket,
  public.webhook_pace_allowance, public.webhook_pace_turn, public.webhook_pause, public.webhook_random_secret,
  public.webhook_event_types, public.webhook_subscribable_event_types, public.webhook_uuid_v7, public.webhook_uuid_v7_floor
from public, anon, authenticated;

-- What settle, claim and the tables' defaults call in the name of the service.
grant execute on function
  public.webhook_add_histograms, public.webhook_histogram, public.webhook_latency_bucket,
  public.webhook_pace_allowance, public.webhook_pace_turn, public.webhook_pause, public.webhook_random_secret
to service_role;

-- What checks, defaults and counts call in the name of whoever writes or asks.
grant execute on function
  public.webhook_event_types, public.webhook_subscribable_event_types, public.webhook_uuid_v7, public.webhook_uuid_v7_floor
to authenticated, service_role;

create or replace function public.webhook_schema_version() returns text
language sql immutable parallel safe
return '20261126010400';
