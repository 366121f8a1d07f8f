-- What administrators do with single deliveries: send again, take out of the queue. Bounded by what they name; whatever grows with
-- a queue is a job.

create function public.end_queued_deliveries(delivery_ids uuid[], error_kind text, error_message text) returns setof uuid
language sql security definer -- for verbs that have asked for the caller's right
set search_path = ''
set enable_seqscan = off
set enable_bitmapscan = off
as $$
  with free as materialized (
    select q.id from public.webhook_queue q
    where q.id = any (delivery_ids) and (q.locked_until is null or q.locked_until < now())
    for update of q skip locked
  ), taken as (
    delete from public.webhook_queue q where q.id = any (array(select f.id from free f))
    returning q.*
  ), ended as (
    insert into public.webhook_history (id, webhook_id, event_id, event_type, is_test, status, retry_count, attempt_count, fence,
      last_status_code, last_error_kind, last_error, last_duration_ms, created_at, merged)
    select t.id, t.webhook_id, t.event_id, t.event_type, t.is_test, 'failed', t.retry_count, t.attempt_count, t.fence,
      t.last_status_code, end_queued_deliveries.error_kind, end_queued_deliveries.error_message, t.last_duration_ms, t.created_at, t.merged
    from taken t
    returning id
  )
  select e.id from ended e
$$;
comment on function public.end_queued_deliveries is
  'Moves waiting deliveries to the history as failed, with the given reason. Passes over those that are being sent or locked. Answers the ids that it ended.';

create function public.redeliver_webhook_deliveries(delivery_ids uuid[]) returns json
language plpgsql security definer -- people may not write the queue
set search_path = ''
set enable_seqscan = off
set enable_bitmapscan = off
set enable_mergejoin = off
set enable_hashjoin = off
as $$
declare
  answer json;
begin
  if auth.uid() is not null and not public.is_webhook_admin() then
    raise exception 'forbidden' using errcode = '42501';
  end if;
  -- A step of a job names more of them than a person.
  if cardinality(delivery_ids) > (case when auth.uid() is null then 5000 else 1000 end) then
    raise exception 'validation_failed' using errcode = '22023', hint = 'At most 1,000 ids in one call; replay_failed_deliveries takes all of a time.';
  end if;

  -- An erasure waits for this, or this for it. Ids are looked up in their order; said, it would be a walk over all events.
  perform from public.webhook_events e where e.id = any (array(
    select h.event_id from public.webhook_history h where h.id = any (delivery_ids))) for key share;
  with asked as materialized (
    select distinct id from unnest(delivery_ids) as id
  ), allowed as materialized (
    select a.id, d.webhook_id, w.status = 'active' or d.is_test as active, d.event_type !~ '\.deleted$' and coalesce((
        select e.erased_at is not null from public.webhook_events e where e.id = d.event_id), false) as erased
    from asked a
    cross join lateral (
      select q.webhook_id, q.is_test, q.event_id, q.event_type from public.webhook_queue q where q.id = a.id
      union all
      select h.webhook_id, h.is_test, h.event_id, h.event_type from public.webhook_history h where h.id = a.id) d
    join public.webhooks w on w.id = d.webhook_id and w.deleted_at is null
  ), probed as (
    -- Somebody who asks for a delivery is worth a probe of a receiver that is being spared.
    update public.webhook_health h set paused_until = now()
    where h.paused_until > now() and h.webhook_id in (select a.webhook_id from allowed a where a.active and not a.erased)
  ), free as materialized (
    select q.id from public.webhook_queue q
    where q.id = any (array(select a.id from allowed a where a.active)) and (q.locked_until is null or q.locked_until < now())
    for update of q skip locked
  ), advanced as (
    update public.webhook_queue q set due_at = now()
    where q.id = any (array(select f.id from free f))
    returning q.id
  ), reopened as (
    delete from public.webhook_history h where h.id = any (array(select a.id from allowed a where a.active and not a.erased))
    returning h.*
  ), queued as (
    insert into public.webhook_queue (id, webhook_id, event_id, event_type, is_test, attempt_count, fence, payload_bytes,
      last_status_code, last_error_kind, last_error, last_duration_ms, created_at, merged, record_id, sequence, turn)
    select r.id, r.webhook_id, r.event_id, r.event_type, r.is_test, r.attempt_count, r.fence + 1,
      coalesce(e.payload_bytes, 0) * coalesce(cardinality(r.merged), 1),
      r.last_status_code, r.last_error_kind, r.last_error, r.last_duration_ms, r.created_at, r.merged,
      e.record_id, case when e.record_id is not null then e.sequence end, case when e.record_id is not null and w.ordered then 0 end
    from reopened r
    cross join lateral (
      select x.ordered, x.ordered or x.stale_retries = 'skip' as by_record from public.webhooks x where x.id = r.webhook_id
      offset 0 -- looked up, not joined
    ) as w
    left join lateral (
      select octet_length(x.payload::text) as payload_bytes, x.sequence,
        case when w.by_record and x.sequence is not null then public.webhook_record_key(x.payload ->> 'id') end as record_id
      from public.webhook_events x where x.id = r.event_id
      offset 0
    ) as e on true
    returning id
  )
  -- Looked up, not joined: without hash and merge joins that would compare each with each.
  select coalesce(json_agg(json_build_object('id', a.id, 'result', case
      when a.id in (select id from advanced union all select id from queued) then 'queued'
      when a.id in (select l.id from allowed l where l.erased) then 'erased'
      when a.id in (select l.id from allowed l where l.active) then 'in_flight'
      when a.id in (select l.id from allowed l) then 'webhook_inactive'
      else 'not_found' end)), '[]')
  into answer
  from asked a;
  return answer;
end
$$;
comment on function public.redeliver_webhook_deliveries is
  'Makes deliveries due now, under the same ids: waiting ones at once, final ones from the start with all their retries. Answers [{ id, result }] with queued, erased (there is nothing left to send), in_flight, webhook_inactive or not_found.';

create function public.cancel_webhook_deliveries(delivery_ids uuid[]) returns json
language plpgsql security definer -- people may not write the queue
set search_path = ''
as $$
declare
  cancelled uuid[];
  answer json;
begin
  if auth.uid() is not null and not public.is_webhook_admin() then
    raise exception 'forbidden' using errcode = '42501';
  end if;
  if cardinality(delivery_ids) > 1000 then
    raise exception 'validation_failed' using errcode = '22023', hint = 'At most 1,000 ids in one call; cancel_waiting_deliveries takes all of a webhook.';
  end if;
  cancelled := array(select public.end_queued_deliveries(delivery_ids, 'cancelled', 'Cancelled by an administrator.'));
  select coalesce(json_agg(json_build_object('id', a.id, 'result', case
      when a.id = any (cancelled) then 'cancelled'
      when exists (select from public.webhook_queue q where q.id = a.id) then 'in_flight'
      when exists (select from public.webhook_history h where h.id = a.id) then 'not_waiting'
      else 'not_found' end)), '[]')
  into answer
  from (select distinct id from unnest(delivery_ids) as id) as a;
  return answer;
end
$$;
comment on function public.cancel_webhook_deliveries is
  'Takes waiting deliveries out of the queue, at most 1,000. Answers [{ id, result }] with cancelled, in_flight (being sent at this moment), not_waiting (final already) or not_found.';

revoke execute on function public.end_queued_deliveries, public.redeliver_webhook_deliveries, public.cancel_webhook_deliveries
from public, anon, authenticated, service_role;
grant execute on function public.end_queued_deliveries
to service_role;
grant execute on function public.redeliver_webhook_deliveries, public.cancel_webhook_deliveries
to authenticated, service_role;
