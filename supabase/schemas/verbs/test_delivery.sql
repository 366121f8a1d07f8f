-- Test deliveries: a real delivery of a made-up event, leased to the caller at once.

create function public.create_test_delivery(webhook_id uuid, event_type text, payload json, worker text) returns json
language plpgsql security invoker
set search_path = ''
as $$
declare
  test_event uuid := public.webhook_uuid_v7();
  leased public.webhook_queue[];
begin
  insert into public.webhook_events (id, event_type, payload, deliveries, origin)
  values (test_event, event_type, payload, 1, 'test');

  with created as (
    insert into public.webhook_queue as q (webhook_id, event_id, event_type, is_test, fence, worker, locked_until)
    select w.id, test_event, create_test_delivery.event_type, true, 1, create_test_delivery.worker,
      now() + make_interval(secs => w.timeout_ms / 1000.0) + interval '20 seconds'
    from public.webhooks w where w.id = create_test_delivery.webhook_id
    returning q as delivery
  )
  select array_agg(c.delivery) into leased from created c;
  if leased is null then
    raise exception 'webhook_not_found' using errcode = '22023';
  end if;
  return public.webhook_delivery_batch(leased);
end
$$;
comment on function public.create_test_delivery is
  'Creates a test event and its one delivery, already leased to the worker, whatever the webhook listens to and even when it is inactive. Answers the batch as claim does.';

revoke execute on function public.create_test_delivery
from public, anon, authenticated, service_role;
grant execute on function public.create_test_delivery
to service_role;
