-- Events that travel together: one call, one transaction, and one answer each. What is refused is refused alone.

create function public.try_webhook_events(events text[]) returns json[]
language plpgsql security invoker
set search_path = ''
as $$
declare
  half constant integer := cardinality(events) / 2;
  emitted json[];
  state text;
  said text;
begin
  begin
    select coalesce(array_agg(e.answer order by e.n), '{}') into emitted
    from json_array_elements(public.emit_webhook_events(('[' || array_to_string(events, ',', 'null') || ']')::json))
      with ordinality as e (answer, n);
    if cardinality(emitted) <> cardinality(events) then
      raise exception 'payload_not_json' using errcode = '22023', hint = 'Each text is the JSON of one event.';
    end if;
    return emitted;
  exception
    -- What is wrong with an event; a missing right, a lock or too little time is nobody's alone.
    when data_exception or integrity_constraint_violation or program_limit_exceeded then
      get stacked diagnostics state = returned_sqlstate, said = message_text;
  end;
  if half = 0 then
    return array[json_build_object('code', state, 'message', said)];
  end if;
  return public.try_webhook_events(events[: half]) || public.try_webhook_events(events[half + 1 :]);
end
$$;
comment on function public.try_webhook_events is
  'What emit_webhook_events_each does once it knows that they are not too many. Halves a refused list until each refused event stands alone: one among a thousand costs some twenty more tries.';

create function public.emit_webhook_events_each(events text[], patience_ms integer default null) returns json
language plpgsql security invoker
set search_path = ''
as $$
begin
  if cardinality(events) > 1000 then
    raise exception 'validation_failed' using errcode = '22023', hint = 'At most 1,000 events in one call.';
  end if;
  if patience_ms is not null then
    perform set_config('lock_timeout', least(greatest(patience_ms, 50), 500) || 'ms', true);
  end if;
  return array_to_json(public.try_webhook_events(events));
end
$$;
comment on function public.emit_webhook_events_each is
  'As emit_webhook_events, but what is refused is refused alone: events are texts, each the JSON { event_type, payload, idempotency_key?, traceparent? }. Answers in the same order { event_id, deliveries } or { code, message }: the SQLSTATE and the reason, as emit_webhook_events raises them. Waits patience_ms, 50 to 500, for any lock (55P03, and nothing is stored); without it as long as a statement may.';

revoke execute on function public.try_webhook_events, public.emit_webhook_events_each
from public, anon, authenticated, service_role;
grant execute on function public.try_webhook_events, public.emit_webhook_events_each
to authenticated, service_role;
