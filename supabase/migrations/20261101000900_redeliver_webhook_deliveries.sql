-- Redeliver by hand: the same delivery, under the same id, due now.

create function public.redeliver_webhook_deliveries(delivery_ids uuid[]) returns json
language plpgsql security definer -- people may not write the queue
set search_path = ''
as $$
declare
  answer json;
begin
  if auth.uid() is not null and not public.is_webhook_admin() then
    raise exception 'forbidden' using errcode = '42501';
  end if;

  with asked as materialized (
    select distinct id from unnest(delivery_ids) as id
  ), allowed as materialized (
    select a.id, d.webhook_id, w.status = 'active' or d.is_test as active
    from asked a
    join (select id, webhook_id, is_test from public.webhook_queue
          union all select id, webhook_id, is_test from public.webhook_history) d on d.id = a.id
    join public.webhooks w on w.id = d.webhook_id
  ), probed as (
    -- Somebody who asks for a delivery is worth a probe of a receiver that is being spared.
    update public.webhook_health h set paused_until = now()
    where h.paused_until > now() and h.webhook_id in (select a.webhook_id from allowed a)
  ), advanced as (
    update public.webhook_queue q set due_at = now(), resume_at = null
    from allowed a
    where q.id = a.id and a.active and (q.locked_until is null or q.locked_until < now())
    returning q.id
  ), reopened as (
    delete from public.webhook_history h using allowed a where h.id = a.id and a.active
    returning h.*
  ), queued as (
    insert into public.webhook_queue (id, webhook_id, event_id, event_type, is_test, attempt_count, fence, payload_bytes,
      last_status_code, last_error_kind, last_error, last_duration_ms, created_at)
    select r.id, r.webhook_id, r.event_id, r.event_type, r.is_test, r.attempt_count, r.fence + 1,
      coalesce((select octet_length(e.payload::text) from public.webhook_events e where e.id = r.event_id), 0),
      r.last_status_code, r.last_error_kind, r.last_error, r.last_duration_ms, r.created_at
    from reopened r
    returning id
  )
  select coalesce(json_agg(json_build_object('id', a.id, 'result', case
      when l.id is null then 'not_found'
      when not l.active then 'webhook_inactive'
      when a.id in (select id from advanced union all select id from queued) then 'queued'
      else 'in_flight' end)), '[]')
  into answer
  from asked a left join allowed l on l.id = a.id;
  return answer;
end
$$;
comment on function public.redeliver_webhook_deliveries is
  'Makes deliveries due now, under the same ids: waiting ones at once, final ones from the start with all their retries. Answers [{ id, result }] with queued, in_flight, webhook_inactive or not_found.';

create function public.replay_failed_deliveries(since timestamptz, until timestamptz default null, target uuid default null, dry_run boolean default false)
returns integer
language plpgsql security invoker -- reads what the caller may read; redelivering checks the role itself
set search_path = ''
as $$
declare
  failed uuid[];
begin
  select array_agg(h.id) into failed
  from public.webhook_history h join public.webhooks w on w.id = h.webhook_id and w.status = 'active'
  where h.status = 'failed' and not h.is_test
    and h.id >= public.webhook_uuid_v7_floor(since)
    and (until is null or h.id < public.webhook_uuid_v7_floor(until))
    and (target is null or h.webhook_id = target);
  if not dry_run and failed is not null then
    perform public.redeliver_webhook_deliveries(failed);
  end if;
  return coalesce(cardinality(failed), 0);
end
$$;
comment on function public.replay_failed_deliveries is
  'Makes every failed delivery of active webhooks due again that was created in [since, until), of one webhook or all. Answers how many; with dry_run it only counts.';

revoke execute on function public.redeliver_webhook_deliveries, public.replay_failed_deliveries from public, anon;
grant execute on function public.redeliver_webhook_deliveries, public.replay_failed_deliveries to authenticated, service_role;
