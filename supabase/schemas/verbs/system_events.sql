-- What the system tells of itself: a webhook that fails, that recovers, a delivery that was given up. Written in the transaction that
-- finds it out, once for each webhook and condition until it is over. Nothing is told of the delivery of what the system tells.

create function public.tell_webhooks(about uuid, event_type text, payload json, record_label text default null) returns void
language sql security invoker
set search_path = ''
as $$
  with subscriber as materialized (
    select w.id, w.alert is not null as is_alert,
      w.condition_path is null or jsonb_path_match(payload::jsonb, w.condition_path, '{}', true) is true as meets
    from public.webhooks w
    where w.status = 'active' and w.id <> about
      and w.events && array[tell_webhooks.event_type, split_part(tell_webhooks.event_type, '.', 1) || '.*']
      and (w.alert is null or jsonb_typeof(w.alert -> 'webhooks') = 'null' or w.alert -> 'webhooks' ? about::text)
  ), began as (
    -- An alert says once that a webhook is in trouble, whatever else comes of it, and once that all of it is over.
    insert into public.webhook_alert_messages (alert_id, webhook_id)
    select s.id, about from subscriber s
    where s.is_alert and s.meets and tell_webhooks.event_type in ('webhook.failing', 'delivery.exhausted')
    on conflict do nothing
    returning alert_id
  ), over as (
    delete from public.webhook_alert_messages m using subscriber s
    where m.alert_id = s.id and m.webhook_id = about and tell_webhooks.event_type = 'webhook.recovered'
      and not exists (select from public.webhook_troubles t where t.webhook_id = about and t.ended_at is null)
    returning m.alert_id
  ), told as materialized (
    select s.id from subscriber s
    where s.meets and (not s.is_alert or tell_webhooks.event_type = 'webhook.disabled'
      or s.id in (select b.alert_id from began b) or s.id in (select o.alert_id from over o))
  ), event as (
    insert into public.webhook_events (event_type, payload, record_label, origin, origin_webhook, deliveries, left_out)
    values (tell_webhooks.event_type, tell_webhooks.payload, left(tell_webhooks.record_label, 200), 'system', about,
      (select count(*) from told), (select count(*) from subscriber s where not s.meets and not s.is_alert))
    returning id
  )
  insert into public.webhook_queue (webhook_id, event_id, event_type)
  select t.id, e.id, tell_webhooks.event_type from told t cross join event e
$$;
comment on function public.tell_webhooks is
  'An event of the system''s own about a webhook, for the others that listen to it and whose conditions it meets; for alerts that have not said so yet.';

create function public.webhook_failure_cause(error_kind text, status_code integer) returns text
language sql immutable parallel safe
set search_path = ''
as $$
  select case when error_kind = 'status' and status_code is not null then 'status_' || case
      when status_code in (401, 402, 403, 407) then 'unauthorized'
      when status_code = 404 then 'not_found'
      when status_code in (405, 501) then 'method_not_allowed'
      when status_code = 408 then 'timeout'
      when status_code = 413 then 'too_large'
      when status_code = 431 then 'headers_too_large'
      when status_code in (406, 415) then 'unsupported'
      when status_code in (400, 422) then 'unprocessable'
      when status_code = 429 then 'rate_limited'
      when status_code < 200 then 'informational'
      when status_code < 500 then 'client_error'
      when status_code in (502, 503, 504) or status_code between 520 and 530 then 'unavailable'
      else 'server_error' end
    else error_kind end
$$;
comment on function public.webhook_failure_cause is
  'The name in webhook_failure_causes of what a delivery failed of. As statusFamily in lib/domain has the answers of receivers; a test holds the two together.';

create function public.webhook_waiting_count(target uuid) returns integer
language sql stable security invoker
set search_path = ''
set enable_seqscan = off
set enable_bitmapscan = off
as $$
  select count(*)::integer from (select from public.webhook_queue q where q.webhook_id = target limit 10000) as x
$$;
comment on function public.webhook_waiting_count is
  'How many deliveries wait for a webhook, counted up to 10,000.';

create function public.failing_webhook_delivery(target uuid) returns uuid
language sql stable security invoker
set search_path = ''
-- As in claim_webhook_deliveries: by index, however short the queue was when the plan was made.
set enable_seqscan = off
set enable_bitmapscan = off
as $$
  select coalesce((
      select q.id from public.webhook_queue q
      where q.webhook_id = target and q.lane = 1 and q.last_error_kind is not null and not q.is_test
        and not public.webhook_event_is_system(q.event_type)
      order by q.due_at desc, q.id desc limit 1), (
      select h.id from public.webhook_history h
      where h.webhook_id = target and h.status = 'failed' and not h.is_test and h.last_error_kind is distinct from 'cancelled'
        and h.last_error_kind not in ('erased', 'webhook_deleted')
        and h.id >= public.webhook_uuid_v7_floor(now() - interval '3 days') and h.finished_at >= now() - interval '1 day'
        and not public.webhook_event_is_system(h.event_type)
      order by h.id desc limit 1))
$$;
comment on function public.failing_webhook_delivery is
  'A delivery of the webhook that fails, or failed lately, as an example; null where there is none, or none but of what the system tells.';

create function public.webhook_failure_report(delivery uuid) returns json
language sql stable security invoker
set search_path = ''
set enable_seqscan = off
as $$
  select json_build_object(
    'id', d.id,
    'event', json_build_object('id', d.event_id, 'type', d.event_type, 'occurred_at', e.occurred_at),
    'record_id', public.webhook_payload_text(e.payload, 'id'),
    'lead_id', public.webhook_payload_text(e.payload, 'lead_id'),
    'record_label', coalesce(e.record_label, public.webhook_record_label(d.event_type, e.payload)),
    'link', '/deliveries/' || d.id,
    'attempts', d.attempt_count,
    'last_attempt', (
      select json_build_object('started_at', a.started_at, 'duration_ms', a.duration_ms, 'status_code', a.response_status,
        'error_kind', a.error_kind, 'error_message', a.error_message)
      from public.webhook_attempts a where a.delivery_id = d.id order by a.attempt desc limit 1),
    'title', c.title, 'cause', c.cause, 'cure', c.cure)
  from (
    select q.id, q.event_id, q.event_type, q.attempt_count, q.last_error_kind, q.last_status_code
    from public.webhook_queue q where q.id = delivery
    union all
    select h.id, h.event_id, h.event_type, h.attempt_count, h.last_error_kind, h.last_status_code
    from public.webhook_history h where h.id = delivery
  ) as d
  left join public.webhook_events e on e.id = d.event_id
  left join public.webhook_failure_causes c on c.name = public.webhook_failure_cause(d.last_error_kind, d.last_status_code)
  limit 1
$$;
comment on function public.webhook_failure_report is
  'What is told of a delivery that failed: its event, its record, its last attempt, cause and cure.';

create function public.begin_webhook_trouble(target uuid, condition text, delivery uuid default null, success_rate numeric default null)
returns void
language plpgsql security invoker
set search_path = ''
as $$
declare
  name text;
  example uuid := delivery;
  report json;
  began boolean;
begin
  select w.name into name from public.webhooks w where w.id = target and w.status = 'active';
  if not found then
    return; -- that it was switched off has been told
  end if;
  example := coalesce(example, public.failing_webhook_delivery(target));
  if example is null then
    return;
  end if;
  insert into public.webhook_troubles as t (webhook_id, condition) values (target, begin_webhook_trouble.condition)
  on conflict on constraint webhook_troubles_pkey do update
    set since = case when t.ended_at is null then t.since else now() end, ended_at = null, last_at = now()
    where t.ended_at is not null or t.last_at < now() - interval '10 seconds'
  returning t.since = now() into began;
  if began is not true then
    return;
  end if;
  report := public.webhook_failure_report(example);
  if condition = 'exhausted' then
    -- The id of the record, as in its own events: it is found with them, and erased with them.
    perform public.tell_webhooks(target, 'delivery.exhausted', json_build_object(
      'id', report -> 'record_id', 'lead_id', report -> 'lead_id', 'record_label', report -> 'record_label',
      'webhook', json_build_object('id', target, 'name', name), 'delivery_id', report -> 'id', 'event', report -> 'event',
      'since', now(), 'waiting', public.webhook_waiting_count(target), 'link', report -> 'link',
      'attempts', report -> 'attempts', 'last_attempt', report -> 'last_attempt',
      'title', report -> 'title', 'cause', report -> 'cause', 'cure', report -> 'cure'), report ->> 'record_label');
  else
    -- Without the label of the example's record: an erasure finds an event by its own record.
    perform public.tell_webhooks(target, 'webhook.failing', json_build_object(
      'id', target, 'name', name, 'reason', condition, 'since', now(), 'success_rate', success_rate,
      'waiting', public.webhook_waiting_count(target), 'link', '/webhooks/' || target,
      'delivery', json_build_object('id', report -> 'id', 'event', report -> 'event', 'record_id', report -> 'record_id',
        'link', report -> 'link', 'attempts', report -> 'attempts', 'last_attempt', report -> 'last_attempt',
        'title', report -> 'title', 'cause', report -> 'cause', 'cure', report -> 'cure')));
  end if;
end
$$;
comment on function public.begin_webhook_trouble is
  'Notes that a webhook is in trouble, and tells the others that listen: webhook.failing, or delivery.exhausted, with a delivery as the example. Tells nothing while it was so before, and nothing that only the delivery of system events shows.';

create function public.end_webhook_troubles(target uuid, conditions text[]) returns void
language plpgsql security invoker
set search_path = ''
as $$
declare
  name text;
  reasons text[];
  began timestamptz;
begin
  with ended as (
    update public.webhook_troubles t set ended_at = now()
    where t.webhook_id = target and t.condition = any (conditions) and t.ended_at is null
    returning t.condition, t.since
  )
  select array_agg(e.condition order by e.since, e.condition), min(e.since) into reasons, began from ended e;
  select w.name into name from public.webhooks w where w.id = target and w.status = 'active';
  if reasons is null or name is null then
    return;
  end if;
  perform public.tell_webhooks(target, 'webhook.recovered', json_build_object(
    'id', target, 'name', name, 'reasons', reasons, 'since', began, 'recovered_at', now(),
    'lasted_seconds', floor(extract(epoch from now() - began)), 'waiting', public.webhook_waiting_count(target),
    'link', '/webhooks/' || target));
end
$$;
comment on function public.end_webhook_troubles is
  'Notes that troubles of a webhook are over, and tells the others that listen: webhook.recovered, with how long it lasted and what waits.';

create function public.tell_exhausted_deliveries(settled uuid[]) returns void
language plpgsql security definer -- settle calls it, which may not write events
set search_path = ''
set enable_seqscan = off
set enable_bitmapscan = off
as $$
declare
  failed record;
begin
  for failed in
    select distinct on (h.webhook_id) h.webhook_id, h.id from public.webhook_history h
    where h.id = any (settled) and h.status = 'failed' and not h.is_test
      and h.last_error_kind not in ('cancelled', 'erased', 'webhook_deleted')
      and not public.webhook_event_is_system(h.event_type)
    order by h.webhook_id, h.id desc
  loop
    perform public.begin_webhook_trouble(failed.webhook_id, 'exhausted', failed.id);
  end loop;
end
$$;
comment on function public.tell_exhausted_deliveries is
  'The event delivery.exhausted of each webhook of which one of these deliveries has failed for good.';

create function public.watch_receivers(max_rows integer) returns integer
language plpgsql security invoker
set search_path = ''
as $$
declare
  trouble record;
  done integer := 0;
begin
  -- Breakers that opened for what the system tells, and now keep other things back too.
  for trouble in
    select h.webhook_id from public.webhook_health h
    where h.paused_until is not null and not exists (
      select from public.webhook_troubles t where t.webhook_id = h.webhook_id and t.condition = 'paused' and t.ended_at is null)
    limit 200
  loop
    perform public.begin_webhook_trouble(trouble.webhook_id, 'paused');
  end loop;
  -- Over when something arrived since, and for what was given up, when nothing else was for ten minutes.
  for trouble in
    select t.webhook_id, array_agg(t.condition) as conditions from public.webhook_troubles t
    where t.ended_at is null and t.last_at < now() - case t.condition when 'exhausted' then interval '10 minutes' else interval '0' end
      and t.condition in ('paused', 'exhausted')
      and not exists (select from public.webhook_health h where h.webhook_id = t.webhook_id)
      and exists (
        select from (
          select h.status, h.finished_at from public.webhook_history h where h.webhook_id = t.webhook_id
          order by h.id desc limit 200) as latest
        where latest.status = 'success' and latest.finished_at > t.last_at)
    group by t.webhook_id
    limit max_rows
  loop
    perform public.end_webhook_troubles(trouble.webhook_id, trouble.conditions);
    done := done + 1;
  end loop;
  return done;
end
$$;
comment on function public.watch_receivers is
  'A chore: which webhooks have recovered of what was told of them. Answers how many.';

create function public.watch_rates(max_rows integer) returns integer
language plpgsql security invoker
set search_path = ''
as $$
declare
  rated record;
begin
  for rated in
    with over as materialized (
      select t.webhook_id, max(t.ended_at) as at from public.webhook_troubles t group by t.webhook_id
    ), counted as (
      -- Whole hours since the last trouble was over: what was before has been told.
      select s.webhook_id, sum(s.succeeded)::numeric as succeeded, sum(s.failed)::numeric as failed
      from public.webhook_stats_hourly s left join over o on o.webhook_id = s.webhook_id
      where s.hour >= now() - interval '24 hours' and (o.at is null or s.hour >= o.at)
      group by s.webhook_id
    )
    select c.webhook_id, c.succeeded / (c.succeeded + c.failed) as rate, c.failed, t.webhook_id is not null as told
    from counted c
    left join public.webhook_troubles t on t.webhook_id = c.webhook_id and t.condition = 'rate' and t.ended_at is null
    where c.succeeded + c.failed > 0
      and case when t.webhook_id is null then c.failed >= 10 and c.succeeded < 9 * c.failed else c.succeeded >= 19 * c.failed end
    order by c.webhook_id
    limit max_rows
  loop
    if rated.told then
      perform public.end_webhook_troubles(rated.webhook_id, array['rate']);
    elsif not exists (select from public.webhook_troubles t
      where t.webhook_id = rated.webhook_id and t.condition = 'paused' and t.ended_at is null) then
      perform public.begin_webhook_trouble(rated.webhook_id, 'rate', null, round(rated.rate, 4));
    end if;
  end loop;
  return 0;
end
$$;
comment on function public.watch_rates is
  'A chore: of which webhooks fewer than 90% of the deliveries of the last 24 hours arrived, with ten failures at least; and of which, told of before, 95% do.';

revoke execute on function public.tell_webhooks, public.webhook_failure_cause, public.webhook_waiting_count,
  public.failing_webhook_delivery, public.webhook_failure_report, public.begin_webhook_trouble, public.end_webhook_troubles,
  public.tell_exhausted_deliveries, public.watch_receivers, public.watch_rates
from public, anon, authenticated, service_role;
grant execute on function public.tell_exhausted_deliveries
to service_role;
