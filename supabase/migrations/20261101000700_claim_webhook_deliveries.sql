-- Claim: lease due deliveries to one drain, fairly across webhooks.

create function public.webhook_delivery_batch(leased public.webhook_queue[]) returns json
language sql stable security invoker
set search_path = ''
as $$
  with item as materialized (select * from unnest(leased))
  select json_build_object(
    'webhooks', coalesce((
      select json_object_agg(w.id, json_build_object(
        'url', w.url, 'headers', w.headers, 'body_format', w.body_format, 'timeout_ms', w.timeout_ms,
        'transform_script', case when w.transform_enabled then w.transform_script end,
        'retry_enabled', w.retry_enabled, 'max_retries', w.max_retries, 'retry_delay', w.retry_delay,
        'max_in_flight', w.max_in_flight, 'seed_signature_enabled', w.seed_signature_enabled,
        'secret_key', s.secret_key,
        'signing_secrets', case when s.previous_expires_at > now()
          then json_build_array(s.signing_secret, s.previous_signing_secret)
          else json_build_array(s.signing_secret) end))
      from public.webhooks w join public.webhook_secrets s on s.webhook_id = w.id
      where w.id in (select i.webhook_id from item i)), '{}'),
    'events', coalesce((
      select json_object_agg(e.id, json_build_object(
        'event_type', e.event_type, 'payload', e.payload, 'occurred_at', e.occurred_at))
      from public.webhook_events e where e.id in (select i.event_id from item i)), '{}'),
    'items', coalesce((
      select json_agg(json_build_object(
        'id', i.id, 'fence', i.fence, 'webhook_id', i.webhook_id, 'event_id', i.event_id,
        'retry_count', i.retry_count, 'attempt_count', i.attempt_count, 'is_test', i.is_test,
        'lease_ms', (extract(epoch from i.locked_until - clock_timestamp()) * 1000)::integer))
      from item i), '[]')
  )
$$;
comment on function public.webhook_delivery_batch is
  'Everything a drain needs to attempt the leased deliveries: each webhook''s configuration once, each event once, the items.';

create function public.claim_webhook_deliveries(max_items integer, worker text, after_webhook uuid default null)
returns json
language plpgsql security invoker
set search_path = ''
as $$
declare
  max_lanes constant integer := 500;  -- webhooks looked at in one call
  ready_lanes constant integer := 40; -- webhooks with due deliveries that are enough for one call
  margin constant interval := '20 seconds'; -- lease beyond the timeout: transform, queueing in the drain, settling
  leased public.webhook_queue[];
  resume_after uuid;
  wait_ms integer;
begin
  with recursive lane as (
    -- A loose index scan: one probe per webhook that has queued deliveries.
    (select q.webhook_id, q.due_at, 1 as n, (q.due_at <= now())::integer as ready
     from public.webhook_queue q
     where q.webhook_id > coalesce(after_webhook, '00000000-0000-0000-0000-000000000000')
     order by q.webhook_id, q.due_at, q.id limit 1)
    union all
    select next.webhook_id, next.due_at, lane.n + 1, lane.ready + (next.due_at <= now())::integer
    from lane cross join lateral (
      select q.webhook_id, q.due_at from public.webhook_queue q
      where q.webhook_id > lane.webhook_id
      order by q.webhook_id, q.due_at, q.id limit 1
    ) as next
    where lane.n < max_lanes and lane.ready < ready_lanes
  ), ready as materialized (
    select l.webhook_id, w.max_in_flight, w.status = 'active' as active,
      make_interval(secs => w.timeout_ms / 1000.0) + margin as lease,
      greatest(10, ceil(3.0 * max_items / count(*) over ()))::integer as share
    from lane l join public.webhooks w on w.id = l.webhook_id
    where l.due_at <= now()
  ), picked as materialized (
    -- The window of a webhook is its first max_in_flight due deliveries; leased ones use up its slots.
    select candidate.id, r.lease
    from ready r cross join lateral (
      select slot.id from (
        select q.id, q.locked_until from public.webhook_queue q
        where q.webhook_id = r.webhook_id and q.due_at <= now() and (r.active or q.is_test)
        order by q.due_at, q.id limit r.max_in_flight
      ) as slot
      where slot.locked_until is null or slot.locked_until < now()
      limit r.share
    ) as candidate
    limit max_items * 3
  ), locked as materialized (
    select q.id from public.webhook_queue q join picked p on p.id = q.id
    where q.due_at <= now() and (q.locked_until is null or q.locked_until < now())
    limit max_items
    for update of q skip locked
  ), claimed as (
    update public.webhook_queue q
    set locked_until = now() + p.lease, fence = q.fence + 1, worker = claim_webhook_deliveries.worker
    from picked p
    where p.id = q.id and q.id in (select l.id from locked l)
    returning q as delivery
  ), walked as (
    select count(*) as lanes, coalesce(max(l.ready), 0) as ready,
      (array_agg(l.webhook_id order by l.n desc))[1] as last,
      -- A due delivery that could not be claimed is in flight elsewhere: look again soon.
      min(case when l.due_at <= now() then 250 else extract(epoch from l.due_at - now()) * 1000 end)
        filter (where isfinite(l.due_at)) as wait
    from lane l
  )
  select
    (select array_agg(c.delivery) from claimed c),
    case
      when (select count(*) from claimed) >= max_items
        then (select (c.delivery).webhook_id from claimed c order by 1 desc limit 1)
      when (select count(*) from picked) >= max_items * 3
        then (select q.webhook_id from picked p join public.webhook_queue q on q.id = p.id order by 1 desc limit 1)
      when walked.lanes >= max_lanes or walked.ready >= ready_lanes then walked.last
    end,
    case when walked.wait is not null then least(ceil(walked.wait), 2147483647)::integer end
  into leased, resume_after, wait_ms
  from walked;

  return json_build_object('cursor', resume_after, 'wait_ms', wait_ms,
    'batch', public.webhook_delivery_batch(coalesce(leased, '{}')));
end
$$;
comment on function public.claim_webhook_deliveries is
  'Leases up to max_items due deliveries to the worker. Pass the former answer''s cursor as after_webhook: it walks the webhooks in turn, null at the end of a round. wait_ms: when something of this round may be due next, null when nothing waits.';

revoke execute on function public.webhook_delivery_batch, public.claim_webhook_deliveries from public, anon, authenticated;
grant execute on function public.webhook_delivery_batch, public.claim_webhook_deliveries to service_role;
