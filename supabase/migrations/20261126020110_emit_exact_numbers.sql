-- Events may come as JSON text: an API that reads JSON into doubles on its way would change the digits of payloads.

create or replace function public.emit_webhook_events(events json) returns json
language plpgsql security definer -- called from other tables' triggers, by people who may not write the queue
set search_path = ''
as $$
begin
  if auth.uid() is not null and not public.is_webhook_member() then
    raise exception 'forbidden' using errcode = '42501', hint = 'The user needs a row in webhook_roles.';
  end if;
  if json_typeof(events) = 'string' then
    begin
      events := (events #>> '{}')::json;
    exception
      when statement_too_complex then -- the parser's own limit, at some thousands of levels
        raise exception 'payload_too_deep' using errcode = '22023',
          hint = 'The payload must not be nested more than 200 levels deep.';
      when untranslatable_character or invalid_text_representation then
        raise exception 'payload_not_json' using errcode = '22023', hint = 'The text given as events must be a JSON array.';
    end;
  end if;
  return public.store_webhook_events(events, false);
end
$$;
comment on function public.emit_webhook_events is
  'Batch form of emit_webhook_event: events is an array of { event_type, payload, idempotency_key?, traceparent? }, or its text, which keeps every digit through any API. Answers [{ event_id, deliveries }] in the same order. Refuses with unknown_event, payload_not_json, payload_too_large (256 KiB), payload_too_deep (200 levels), idempotency_key_reused.';
