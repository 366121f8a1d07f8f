-- The catalogue of event types.

create function public.webhook_event_types() returns text[]
language sql immutable parallel safe
set search_path = ''
as $$
  select array[
    'lead.created', 'lead.updated', 'lead.deleted', 'lead.status_changed',
    'appointment.created', 'appointment.updated', 'appointment.cancelled',
    'file.uploaded', 'file.deleted'
  ]
$$;
comment on function public.webhook_event_types is
  'The event types that can be triggered. Mirrors lib/domain/eventTypes.ts; a test holds the two together.';

create function public.webhook_subscribable_event_types() returns text[]
language sql immutable parallel safe
set search_path = ''
as $$
  select public.webhook_event_types() || array['webhook.disabled']
$$;
comment on function public.webhook_subscribable_event_types is
  'The event types that a webhook may listen to: those that can be triggered, and those that this system emits itself.';

revoke execute on function public.webhook_event_types, public.webhook_subscribable_event_types
from public, anon, authenticated, service_role;
grant execute on function public.webhook_event_types, public.webhook_subscribable_event_types
to authenticated, service_role;
