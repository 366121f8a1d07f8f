-- Sending a webhook what it never had: of events that match it now, and of which it has no delivery.

create function public.run_missing_step(job public.webhook_jobs, max_rows integer) returns jsonb
language plpgsql security invoker
set search_path = ''
set enable_seqscan = off
set enable_bitmapscan = off
set enable_mergejoin = off
set enable_hashjoin = off
as $$
declare
  most_waiting constant integer := 500; -- deliveries of the webhook: what is live stands behind no more than these
  piece constant integer := 1000; -- events that are looked at in one statement
  longest constant interval := '100 milliseconds';
  began constant timestamptz := clock_timestamp();
  types constant text[] := case when jsonb_typeof(job.params -> 'types') = 'array' then array(select jsonb_array_elements_text(job.params -> 'types')) end;
  below constant uuid := public.webhook_uuid_v7_floor((job.params ->> 'until')::timestamptz);
  at uuid := coalesce((job.params ->> 'at_event')::uuid, public.webhook_uuid_v7_floor((job.params ->> 'since')::timestamptz));
  w public.webhooks;
  room integer;
  size integer;
  last uuid;
  found integer := 0;
  moved integer := 0;
begin
  select x.* into w from public.webhooks x where x.id = job.webhook_id and x.deleted_at is null;
  if w.id is null then
    return jsonb_build_object('moved', 0, 'finished', true, 'params', job.params);
  end if;
  select least(max_rows, most_waiting - count(*)) into room
  from (select from public.webhook_queue q where q.webhook_id = w.id limit most_waiting) as x;
  if w.status <> 'active' or room <= 0 then
    return jsonb_build_object('moved', 0, 'finished', false, 'params', job.params); -- later, when it has room
  end if;

  loop
    -- One statement, and so one sight of queue and history: between them a delivery moves.
    with looked as materialized (
      select e.id, e.event_type, e.payload, e.origin, e.erased_at, e.origin_webhook, e.sequence from public.webhook_events e where e.id > at and e.id < below order by e.id limit piece
    ), queued as materialized (
      select q.event_id from public.webhook_queue q where q.webhook_id = w.id
    ), missing as materialized (
      select l.id, l.event_type, octet_length(l.payload::text) as payload_bytes, l.sequence,
        case when (w.ordered or w.stale_retries = 'skip') and l.sequence is not null then public.webhook_record_key(l.payload ->> 'id') end as record_id
      from looked l
      where public.webhook_listens(w.events, l.event_type) and (types is null or l.event_type = any (types))
        and (l.origin in ('test', 'backfill')) is not true and l.erased_at is null
        and not ((w.skip_own_changes or l.origin = 'system') and l.origin_webhook is not distinct from w.id)
        and l.id <> all (array(select q.event_id from queued q))
        and not exists (select from public.webhook_late_deliveries x where x.webhook_id = w.id and x.event_id = l.id)
        and not exists (
          select from public.webhook_history h
          where h.event_id = l.id and h.webhook_id = w.id
            and h.id >= public.webhook_uuid_v7_floor(public.webhook_uuid_v7_time(l.id) - interval '1 minute')
            and h.id < public.webhook_uuid_v7_floor(public.webhook_uuid_v7_time(l.id) + interval '1 hour'))
        and (w.condition_path is null or jsonb_path_match(public.webhook_jsonb(l.payload), w.condition_path, '{}', true))
      order by l.id limit room
    ), noted as (
      insert into public.webhook_late_deliveries (webhook_id, event_id, delivery_id)
      select w.id, m.id, public.webhook_uuid_v7() from missing m order by m.id
      on conflict do nothing
      returning event_id, delivery_id
    ), sent as (
      insert into public.webhook_queue (id, webhook_id, event_id, event_type, payload_bytes, record_id, sequence, turn)
      select n.delivery_id, w.id, n.event_id, m.event_type, m.payload_bytes, m.record_id,
        case when m.record_id is not null then m.sequence end, case when m.record_id is not null and w.ordered then 0 end
      from noted n join missing m on m.id = n.event_id
    ), counted as (
      update public.webhook_events e set deliveries = e.deliveries + 1 where e.id = any (array(select n.event_id from noted n))
    )
    select (select count(*) from noted), (select count(*) from missing), (select count(*) from looked),
      case when (select count(*) from missing) = room then (select m.id from missing m order by m.id desc limit 1)
        else (select l.id from looked l order by l.id desc limit 1) end
    into moved, found, size, last;
    at := coalesce(last, at);
    exit when size < piece or found > 0 or clock_timestamp() - began > longest;
  end loop;
  return jsonb_build_object('moved', moved, 'finished', size < piece and found < room, 'params', job.params || jsonb_build_object('at_event', at));
end
$$;
comment on function public.run_missing_step is
  'One step of sending what a webhook never had: makes deliveries of the next such events, while fewer than 500 wait for the webhook and it is active. Answers { moved, finished, params } with where it is in params.';

create function public.send_missing_webhook_events(
  webhook_id uuid, since timestamptz, until timestamptz default null, types text[] default null, dry_run boolean default false
) returns json
language plpgsql security definer -- people may not write jobs
set search_path = ''
as $$
declare
  ends constant timestamptz := least(until, now());
  missing bigint;
  job public.webhook_jobs;
begin
  if auth.uid() is not null and not public.is_webhook_admin() then
    raise exception 'forbidden' using errcode = '42501';
  end if;
  if since is null or cardinality(types) > 200 then
    raise exception 'validation_failed' using errcode = '22023', hint = 'since: from when on; at most 200 types.';
  end if;
  if not dry_run and exists (select from public.webhooks w where w.id = send_missing_webhook_events.webhook_id and w.status <> 'active' and w.deleted_at is null) then
    raise exception 'webhook_inactive' using errcode = '22023';
  end if;
  begin
    select coalesce(sum(r.never_had), 0) into missing
    from public.reconcile_webhook(send_missing_webhook_events.webhook_id, since, ends, types) r;
  exception when query_canceled then
    if dry_run or sqlerrm <> 'search_too_long' then
      raise;
    end if;
  end;
  if dry_run then
    return json_build_object('count', missing);
  end if;
  insert into public.webhook_jobs as j (kind, webhook_id, params, total)
  values ('missing', send_missing_webhook_events.webhook_id,
    jsonb_build_object('since', since, 'until', ends, 'types', types, 'counted', true), least(missing, 2147483647))
  returning j.* into job;
  return to_json(job);
end
$$;
comment on function public.send_missing_webhook_events is
  'Sends an active webhook the events since one moment and until another one (now at the latest) that match it now and of which it has no delivery, of these types or all: answers the job, or with dry_run { count }. A delivery that failed or was cancelled is one: see replay_failed_deliveries. Never two of one event for one webhook.';

create function public.forget_late_deliveries(max_rows integer) returns integer
language plpgsql security invoker
set search_path = ''
as $$
declare
  forgotten integer;
begin
  delete from public.webhook_late_deliveries l where l.ctid = any (array(
    select x.ctid from public.webhook_late_deliveries x
    where x.event_id < (select e.id from public.webhook_events e order by e.id limit 1)
    limit max_rows for update skip locked));
  get diagnostics forgotten = row_count;
  return forgotten;
end
$$;
comment on function public.forget_late_deliveries is
  'A chore: forgets which events were sent late once they are older than any that is kept, at most so many. Answers how many.';

revoke execute on function public.run_missing_step, public.send_missing_webhook_events, public.forget_late_deliveries
from public, anon, authenticated, service_role;
grant execute on function public.send_missing_webhook_events
to authenticated, service_role;
grant execute on function public.run_missing_step, public.forget_late_deliveries
to service_role;
