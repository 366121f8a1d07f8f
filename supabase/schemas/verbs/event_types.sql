-- The registry of event types, as it is asked.

create function public.webhook_event_types() returns text[]
language sql stable parallel safe
set search_path = ''
as $$
  select coalesce(array_agg(t.name order by t.created_at, t.name), '{}') from public.webhook_event_types t where not public.webhook_event_is_system(t.name)
$$;
comment on function public.webhook_event_types is
  'The event types that can be triggered, those first that came first.';

create function public.webhook_subscribable_event_types() returns text[]
language sql stable parallel safe
set search_path = ''
as $$
  select coalesce(array_agg(t.name order by public.webhook_event_is_system(t.name), t.created_at, t.name), '{}') from public.webhook_event_types t
$$;
comment on function public.webhook_subscribable_event_types is
  'The event types that a webhook may listen to: those that can be triggered, and those that this system emits itself. It may also listen to patterns: kind.* and *.';

create function public.before_webhook_event_type_update() returns trigger
language plpgsql security invoker
set search_path = ''
as $$
begin
  new.updated_at := now();
  return new;
end
$$;
comment on function public.before_webhook_event_type_update is
  'Keeps updated_at.';

revoke execute on function public.webhook_event_types, public.webhook_subscribable_event_types, public.before_webhook_event_type_update
from public, anon, authenticated, service_role;
grant execute on function public.webhook_event_types, public.webhook_subscribable_event_types
to authenticated, service_role;

create trigger before_webhook_event_type_update before update on public.webhook_event_types
  for each row execute function public.before_webhook_event_type_update();
