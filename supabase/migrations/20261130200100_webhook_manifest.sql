-- What a webhook's receiver took, for it to check itself.

create function public.list_webhook_manifest(
  webhook_id uuid, most integer, before_id uuid default null, from_id uuid default null, below uuid default null
) returns json
language plpgsql stable security invoker -- the policies decide what the caller sees
set search_path = ''
set enable_seqscan = off
set enable_mergejoin = off
set enable_hashjoin = off
as $$
declare
  answer json;
begin
  if auth.uid() is not null and not public.is_webhook_admin() then
    raise exception 'forbidden' using errcode = '42501';
  end if;
  if most between 1 and 1000 is not true then
    raise exception 'validation_failed' using errcode = '22023', hint = 'most is 1 to 1,000.';
  end if;
  if not exists (select from public.webhooks w where w.id = list_webhook_manifest.webhook_id and w.deleted_at is null) then
    raise exception 'webhook_not_found' using errcode = '22023', hint = 'There is no such webhook.';
  end if;
  select coalesce(json_agg(json_build_object(
      'id', h.id, 'event_id', h.event_id, 'event_type', h.event_type, 'delivered_at', h.finished_at,
      'record_id', public.webhook_payload_text(e.payload, 'id'), 'sequence', e.sequence, 'occurred_at', e.occurred_at,
      'sha256', case when a.request_body is not null then encode(sha256(convert_to(a.request_body, 'UTF8')), 'hex') end,
      -- A body that was the payload itself is not stored: it is made of these again.
      'format', a.request_format,
      'payload_text', case when a.request_format is null or e.erased_at is not null then null
        when h.merged is null then e.payload::text else public.webhook_merged_payload(h.merged) end
    ) order by h.id desc), '[]')
  into answer
  from (
    select x.id, x.event_id, x.event_type, x.finished_at, x.merged from public.webhook_history x
    where x.webhook_id = list_webhook_manifest.webhook_id and x.status = 'success' and not x.is_test
      and x.id < least(coalesce(before_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'), coalesce(below, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
      and x.id >= coalesce(from_id, '00000000-0000-0000-0000-000000000000')
    order by x.id desc limit most
  ) as h
  left join public.webhook_events e on e.id = h.event_id
  left join lateral (
    select t.request_body, t.request_format from public.webhook_attempts t
    where t.delivery_id = h.id and t.succeeded order by t.attempt desc limit 1
  ) as a on true;
  return answer;
end
$$;
comment on function public.list_webhook_manifest is
  'What the receiver of a webhook took, newest first, between two ids, without tests: the delivery, its record, and the SHA-256 of the body, or what that body is made of (format, payload_text). Both are null where the body was erased.';

revoke execute on function public.list_webhook_manifest
from public, anon, authenticated, service_role;
grant execute on function public.list_webhook_manifest
to authenticated, service_role;
