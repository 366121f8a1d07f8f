-- Names of event types.

create function public.webhook_event_name_is_valid(name text) returns boolean
language sql immutable parallel safe
return char_length(name) <= 100 and name ~ '^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$';
comment on function public.webhook_event_name_is_valid is
  'Whether a text is the name of an event type: kind.verb in small letters, digits and underscores, 100 characters at most.';

create function public.webhook_subscriptions_are_valid(events text[]) returns boolean
language sql immutable parallel safe
set search_path = ''
as $$
  select coalesce(array_ndims(events), 0) = 1 and cardinality(events) between 1 and 200
    and bool_and(coalesce(char_length(e.name) <= 100 and e.name ~ '^(\*|[a-z][a-z0-9_]*\.(\*|[a-z][a-z0-9_]*))$', false))
  from unnest(events) as e (name)
$$;
comment on function public.webhook_subscriptions_are_valid is
  'Whether a webhook may listen to this list, as far as its text tells: 1 to 200 names of event types, kind.* or *.';

create function public.webhook_event_is_system(name text) returns boolean
language sql immutable parallel safe
return split_part(name, '.', 1) = 'webhook' or name = 'delivery.exhausted';
comment on function public.webhook_event_is_system is
  'Whether only this system emits what has this name.';

revoke execute on function public.webhook_event_name_is_valid, public.webhook_subscriptions_are_valid, public.webhook_event_is_system
from public, anon, authenticated, service_role;
grant execute on function public.webhook_event_name_is_valid, public.webhook_subscriptions_are_valid, public.webhook_event_is_system
to authenticated, service_role;
