-- Claimed as it is emitted: the statement that commits events hands out deliveries, so that the first try of an idle drain begins
-- right after the commit.

create function public.emit_and_claim_webhook_deliveries(
  events text[], person json, patience_ms integer, max_items integer, worker text, after_webhook uuid, max_payload integer
) returns text -- as text: no layer between takes it apart
language plpgsql security invoker
set search_path = ''
as $$
declare
  emitted json;
  claim json;
begin
  if person is not null then
    -- Whose session the application has checked: rights, keys and the end of the session are asked for as if they called.
    perform set_config('request.jwt.claims', person::text, true), set_config('request.jwt.claim.sub', person ->> 'sub', true);
  end if;
  begin
    emitted := public.emit_webhook_events_each(events, patience_ms);
  exception
    when insufficient_privilege then -- the person's, not the service's
      raise exception '%', sqlerrm using errcode = '22023';
  end;
  -- Drains do not see what another one claims of events that are not committed yet: who sends alone keeps max_in_flight by itself.
  if max_items > 0 and exists (select from json_array_elements(emitted) e where (e ->> 'deliveries')::integer > 0)
    and not exists (
      select from public.webhook_workers w
      where w.last_exchange_at > now() - interval '1 minute'
        and split_part(w.worker, '/', 1) <> split_part(emit_and_claim_webhook_deliveries.worker, '/', 1))
  then
    begin
      perform set_config('lock_timeout', '50ms', true);
      claim := public.claim_webhook_deliveries(max_items, worker, after_webhook, max_payload, coalesce(
        (select w.floor from public.webhook_workers w where w.worker = emit_and_claim_webhook_deliveries.worker), '-infinity'));
    exception
      when others then -- whatever is in the way of sending is no matter of the events; the next claim tells of it
        claim := null;
    end;
  end if;
  return json_build_object('events', emitted, 'claim', claim)::text;
end
$$;
comment on function public.emit_and_claim_webhook_deliveries is
  'As emit_webhook_events_each, for a person whose claims (those of the access token) were checked, or for the service itself where person is null; then claims for the worker, as claim_webhook_deliveries does, unless other drains have exchanged within the last minute, nothing was queued, or something is in the way of it: the events are committed all the same. Answers { events, claim }; claim is null where none was made.';

revoke execute on function public.emit_and_claim_webhook_deliveries
from public, anon, authenticated, service_role;
grant execute on function public.emit_and_claim_webhook_deliveries
to service_role;
