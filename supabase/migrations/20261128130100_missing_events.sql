-- What webhooks had of what happened, and sending them what they never had.

alter table public.webhook_jobs drop constraint webhook_jobs_kind_check;
alter table public.webhook_jobs add constraint webhook_jobs_kind_check check (kind in ('delete', 'cancel', 'replay', 'erase', 'missing'));
comment on table public.webhook_jobs is
  'Work that grows with a queue, done in small steps beside the sending: deleting a webhook, cancelling what waits, replaying failures, erasing records, sending what was missing.';

insert into public.webhook_chores (chore, every) values ('forget_late_deliveries', '01:00:00');

create or replace function public.drop_webhook_partition(keep_days integer) returns boolean
language plpgsql security definer -- drops tables
set search_path = ''
as $$
declare
  today constant date := (now() at time zone 'UTC')::date;
  part record;
begin
  for part in
    select c.relname, right(c.relname, 8)::date as day
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'webhook_partitions' and c.relkind = 'r'
      and c.relname ~ '^webhook_(events|history|attempts|event_words)_\d{8}$' and right(c.relname, 8)::date < today - keep_days - 1
    order by day, c.relname
  loop
    continue when public.webhook_day_is_needed(part.day, keep_days)
      -- An event at midnight has its deliveries on the next day.
      or (part.relname ^@ 'webhook_event' and public.webhook_day_is_needed(part.day + 1, keep_days))
      -- Goes with its events: without it, they would look as if nobody had ever got them.
      or (part.relname ^@ 'webhook_history' and to_regclass('webhook_partitions.webhook_events' || to_char(part.day, '_YYYYMMDD')) is not null);
    execute format('drop table webhook_partitions.%I', part.relname);
    if part.relname ^@ 'webhook_events' then
      execute format('drop table if exists webhook_partitions.%I', 'webhook_history' || to_char(part.day, '_YYYYMMDD'));
    end if;
    return true;
  end loop;
  return false;
end
$$;
comment on function public.drop_webhook_partition is
  'Drops one day''s table that is older than keep_days and that nothing needs; the history with its events. False when there is none.';

create or replace function public.trim_webhook_default_partition(keep_days integer, max_rows integer) returns integer
language plpgsql security definer -- partitions are in a schema of their own
set search_path = ''
as $$
declare
  parent text;
  -- The oldest delivery that still waits, or that became final only lately: nothing from there on goes.
  floor constant uuid := least(
    public.webhook_uuid_v7_floor(now() - make_interval(days => keep_days + 1)),
    (select q.id from public.webhook_queue q order by q.id limit 1),
    (select min(h.id::text)::uuid from public.webhook_history h
      where h.finished_at - h.created_at > interval '24 hours' and h.finished_at >= now() - make_interval(days => keep_days)));
  trimmed integer;
  most integer := 0;
begin
  foreach parent in array array['webhook_attempts', 'webhook_history', 'webhook_events', 'webhook_event_words'] loop
    execute format('delete from webhook_partitions.%1$I where ctid = any (array(
        select ctid from webhook_partitions.%1$I where %2$I < $1 order by %2$I limit $2))',
      parent || '_default', public.webhook_partition_key(parent))
    using case
      -- An event is a little older than its deliveries, and does not outlive them.
      when parent ^@ 'webhook_event' then public.webhook_uuid_v7_floor(public.webhook_uuid_v7_time(floor) - interval '1 day')
      when parent = 'webhook_history' then least(floor, (
        select e.id from webhook_partitions.webhook_events_default e order by e.id limit 1))
      else floor end, max_rows;
    get diagnostics trimmed = row_count;
    most := greatest(most, trimmed);
  end loop;
  return most;
end
$$;
comment on function public.trim_webhook_default_partition is
  'Deletes up to max_rows rows older than keep_days from each default partition: what came in on days without a table of their own. Answers how many, of the one that had most.';

create function public.count_webhook_outcomes(target uuid, from_id uuid, below uuid)
returns table (event_type text, status text, n bigint)
language sql stable security invoker
set search_path = ''
set enable_mergejoin = off
as $$
  -- The id of a delivery is of the time of its event, up to what one call takes; but for late ones.
  with late as materialized (
    select l.event_id, l.delivery_id from public.webhook_late_deliveries l
    where l.webhook_id = target and l.event_id >= from_id and l.event_id < below
  ), delivery as (
    select h.event_id, h.event_type, h.status from public.webhook_history h
    where h.webhook_id = target and not h.is_test and h.event_id >= from_id and h.event_id < below
      and h.id >= public.webhook_uuid_v7_floor(public.webhook_uuid_v7_time(from_id) - interval '1 minute')
      and h.id < public.webhook_uuid_v7_floor(public.webhook_uuid_v7_time(below) + interval '1 hour')
      and h.event_id not in (select l.event_id from late l)
    union all
    select q.event_id, q.event_type, 'waiting' from public.webhook_queue q
    where q.webhook_id = target and not q.is_test and q.event_id >= from_id and q.event_id < below
      and q.event_id not in (select l.event_id from late l)
    union all
    select l.event_id, e.event_type, coalesce(
      (select h.status from public.webhook_history h where h.id = l.delivery_id),
      (select 'waiting' from public.webhook_queue q where q.id = l.delivery_id))
    from late l join public.webhook_events e on e.id = l.event_id and e.origin is distinct from 'backfill'
  )
  select d.event_type, d.status, count(*) from delivery d where d.status is not null group by 1, 2
$$;
comment on function public.count_webhook_outcomes is
  'How many deliveries of a webhook, of events between two ids, there are of each type: success, failed, skipped, or waiting. Without tests and backfills.';

create function public.count_matching_events(target uuid, types text[], from_id uuid, below uuid, patience interval)
returns table (event_type text, n bigint)
language plpgsql stable security invoker
set search_path = ''
set enable_mergejoin = off
as $$
#variable_conflict use_column
declare
  piece constant interval := '2 hours';
  began constant timestamptz := clock_timestamp();
  path constant jsonpath := (select w.condition_path from public.webhooks w where w.id = target);
  skips_own constant boolean := (select w.skip_own_changes from public.webhooks w where w.id = target);
  at uuid := from_id;
  next uuid;
begin
  while at < below loop
    if clock_timestamp() - began > patience then
      raise exception 'search_too_long' using errcode = '57014', hint = 'A shorter period has fewer events to ask.';
    end if;
    next := least(below, public.webhook_uuid_v7_floor(public.webhook_uuid_v7_time(at) + piece));
    return query
    select e.event_type, count(*)
    from public.webhook_events e
    where e.id >= at and e.id < next and e.event_type = any (types) and (e.origin in ('test', 'backfill')) is not true
      and not exists (
        select from public.webhook_history h
        where h.webhook_id = target and h.event_id = e.id
          and h.id >= public.webhook_uuid_v7_floor(public.webhook_uuid_v7_time(at) - interval '1 minute')
          and h.id < public.webhook_uuid_v7_floor(public.webhook_uuid_v7_time(next) + interval '1 hour'))
      and not exists (select from public.webhook_queue q where q.webhook_id = target and q.event_id = e.id)
      and not exists (select from public.webhook_late_deliveries l where l.webhook_id = target and l.event_id = e.id)
      and e.erased_at is null and not (skips_own and e.origin_webhook is not distinct from target)
      and jsonb_path_match(public.webhook_jsonb(e.payload), path, '{}', true) is true
    group by 1;
    -- On to where there is something again.
    select e.id into at from public.webhook_events e where e.id >= next and e.id < below order by e.id limit 1;
    exit when at is null;
  end loop;
end
$$;
comment on function public.count_matching_events is
  'Of events between two ids of which a webhook has no delivery, how many meet its conditions. Gives up after patience (search_too_long): each payload is read.';

create function public.reconcile_webhook(
  target uuid, since timestamptz, until timestamptz, types text[] default null, patience interval default '3 seconds'
) returns table (event_type text, happened bigint, delivered bigint, waiting bigint, failed bigint, skipped bigint, not_matched bigint, never_had bigint)
language plpgsql stable security invoker
set search_path = ''
as $$
#variable_conflict use_column
declare
  w public.webhooks;
  from_id uuid := public.webhook_uuid_v7_floor(since);
  below constant uuid := public.webhook_uuid_v7_floor(until);
  oldest constant uuid := (select e.id from public.webhook_events e order by e.id limit 1);
begin
  if auth.uid() is not null and not public.is_webhook_admin() then
    raise exception 'forbidden' using errcode = '42501';
  end if;
  select x.* into w from public.webhooks x where x.id = target and x.deleted_at is null;
  if not found then
    raise exception 'webhook_not_found' using errcode = '22023';
  end if;
  -- Deliveries of events that were removed with age are of nothing that is told here.
  from_id := greatest(from_id, oldest);
  if oldest is null or from_id >= below then
    return;
  end if;
  return query
  with outcome as materialized (
    select o.event_type,
      coalesce(sum(o.n) filter (where o.status = 'success'), 0) as delivered, coalesce(sum(o.n) filter (where o.status = 'waiting'), 0) as waiting,
      coalesce(sum(o.n) filter (where o.status = 'failed'), 0) as failed, coalesce(sum(o.n) filter (where o.status = 'skipped'), 0) as skipped
    from public.count_webhook_outcomes(target, from_id, below) o
    where types is null or o.event_type = any (types)
    group by 1
  ), event as materialized (
    select t.name, public.webhook_listens(w.events, t.name) as listens, (
      select count(*) from public.webhook_events e
      where e.event_type = t.name and e.id >= from_id and e.id < below and (e.origin in ('test', 'backfill')) is not true) as happened
    from public.webhook_event_types t
    where (types is null or t.name = any (types))
      and (public.webhook_listens(w.events, t.name) or t.name in (select o.event_type from outcome o))
  ), rest as materialized (
    select e.name, e.listens, e.happened, coalesce(o.delivered, 0)::bigint as delivered, coalesce(o.waiting, 0)::bigint as waiting,
      coalesce(o.failed, 0)::bigint as failed, coalesce(o.skipped, 0)::bigint as skipped,
      e.happened - coalesce(o.delivered + o.waiting + o.failed + o.skipped, 0)::bigint as rest
    from event e left join outcome o on o.event_type = e.name
  ), asked as materialized (
    select array_agg(r.name) as types from rest r where w.condition_path is not null and r.listens and r.rest > 0
  ), unsent as materialized (
    -- Of what was erased nothing is left to send; what came of the webhook's own account is not for it.
    select e.event_type, count(*) as n
    from (
      select x.id, x.event_type, x.origin from public.webhook_events x
      where x.erased_at is not null and x.id >= from_id and x.id < below
      union
      select x.id, x.event_type, x.origin from public.webhook_events x
      where w.skip_own_changes and x.origin_webhook = target and x.id >= from_id and x.id < below
    ) as e
    where (e.origin in ('test', 'backfill')) is not true
      and e.event_type in (select r.name from rest r where r.listens and r.rest > 0)
      and not exists (
        select from public.webhook_history h
        where h.webhook_id = target and h.event_id = e.id
          and h.id >= public.webhook_uuid_v7_floor(public.webhook_uuid_v7_time(e.id) - interval '1 minute')
          and h.id < public.webhook_uuid_v7_floor(public.webhook_uuid_v7_time(e.id) + interval '1 hour'))
      and not exists (select from public.webhook_queue q where q.webhook_id = target and q.event_id = e.id)
      and not exists (select from public.webhook_late_deliveries l where l.webhook_id = target and l.event_id = e.id)
    group by 1
  ), matching as materialized (
    select m.event_type, sum(m.n)::bigint as n
    from asked a cross join lateral public.count_matching_events(target, a.types, from_id, below, patience) m
    where a.types is not null
    group by 1
  )
  select r.name, r.happened, r.delivered, r.waiting, r.failed, r.skipped, r.rest - x.never_had, x.never_had
  from rest r
  left join matching m on m.event_type = r.name
  left join unsent d on d.event_type = r.name
  cross join lateral (
    select case when not r.listens then 0 when w.condition_path is null then r.rest - coalesce(d.n, 0) else coalesce(m.n, 0) end as never_had) as x
  where r.happened > 0
  order by r.name;
end
$$;
comment on function public.reconcile_webhook is
  'Per event type, of the events since one moment and until another one: how many happened, and of those how many the webhook was delivered, are waiting, failed, were skipped, do not match it as it is now were erased or came of its own account (not_matched), or match it and were never for it (never_had). The six add up to happened. Payloads are read only where the webhook has conditions, and not for longer than patience (search_too_long).';

create function public.count_untold_rows(relation regclass, event_type text, from_id uuid, below uuid) returns bigint
language plpgsql stable security definer -- counts rows of tables that the caller may not read
set search_path = ''
as $$
declare
  most constant integer := 100000; -- rows, and events, that are compared
  counted bigint;
  told text[];
  key text;
begin
  if auth.uid() is not null and not public.is_webhook_admin() then
    raise exception 'forbidden' using errcode = '42501';
  end if;
  if not exists (select from public.webhook_sources s where s.relation = count_untold_rows.relation) then
    return null;
  end if;
  execute format('select count(*) from (select from %s limit %s) as x', relation, most + 1) into counted;
  if counted > most then
    return null;
  end if;
  select array_agg(x.key) into told from (
    select public.webhook_payload_text(e.payload, 'id') as key from public.webhook_events e
    where e.event_type = count_untold_rows.event_type and e.id >= from_id and e.id < below limit most + 1) as x;
  if cardinality(told) > most then
    return null;
  end if;
  select format(k.plain, 'r') into key from public.webhook_source_key(relation) k;
  if key is null then
    return null; -- it has no key any more
  end if;
  execute format('select count(*) from %s as r where not exists (select from unnest($1) as t (key) where t.key = left(btrim(%s::text), 200))',
    relation, key)
  into counted using told;
  return counted;
end
$$;
comment on function public.count_untold_rows is
  'How many rows of an attached table have no event of this type between two ids; null where that cannot be told: above 100,000 rows or events.';

create function public.webhook_reconciliation(webhook_id uuid, since timestamptz, until timestamptz) returns json
language sql stable security invoker -- the policies decide what the caller sees
set search_path = ''
as $$
  select json_build_object(
    'since', greatest(since, (select public.webhook_uuid_v7_time(e.id) from public.webhook_events e order by e.id limit 1)),
    'until', until,
    'types', (select coalesce(json_agg(r order by r.event_type), '[]') from public.reconcile_webhook(webhook_reconciliation.webhook_id, since, until) r),
    'tables', (
      select coalesce(json_agg(json_build_object('table', r.relation::text, 'event_type', r.event_type, 'untold',
        public.count_untold_rows(r.relation, r.event_type, public.webhook_uuid_v7_floor(since), public.webhook_uuid_v7_floor(until))) order by r.event_type), '[]')
      from public.webhook_source_rules r
      join public.webhooks w on w.id = webhook_reconciliation.webhook_id and public.webhook_listens(w.events, r.event_type)
      where r.operation = 'insert'))
$$;
comment on function public.webhook_reconciliation is
  'What reconcile_webhook answers as types, from since on (that of the oldest event that is kept, where it is later), and tables: of each attached table whose new rows the webhook listens to, how many rows have no such event in that time (untold; null where that cannot be told).';

revoke execute on function public.count_webhook_outcomes, public.count_matching_events, public.reconcile_webhook,
  public.count_untold_rows, public.webhook_reconciliation
from public, anon, authenticated, service_role;
grant execute on function public.count_webhook_outcomes, public.count_matching_events, public.reconcile_webhook,
  public.count_untold_rows, public.webhook_reconciliation
to authenticated, service_role;

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
        and not (w.skip_own_changes and l.origin_webhook is not distinct from w.id)
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

grant execute on function public.webhook_record_key
to service_role;

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

create or replace function public.run_webhook_job_step() returns json
language plpgsql security invoker
set search_path = ''
set lock_timeout = '200ms'
as $$
declare
  job public.webhook_jobs;
  began timestamptz;
  max_rows integer;
  step jsonb;
  before timestamptz;
  took double precision;
begin
  -- One worker at a time over all processes: jobs are to leave the database to the sending.
  if not pg_try_advisory_xact_lock(hashtextextended('webhook_jobs', 0)) then
    return null;
  end if;
  select j.* into job from public.webhook_jobs j where j.state = 'running' order by j.updated_at limit 1 for update skip locked;
  if not found then
    return null;
  end if;
  if job.total is null and not job.params ? 'counted' then
    update public.webhook_jobs j set total = public.count_job_deliveries(job), params = j.params || '{"counted": true}', updated_at = now()
    where j.id = job.id returning j.* into job;
    return to_json(job);
  end if;

  began := clock_timestamp();
  max_rows := coalesce((job.params ->> 'batch')::integer, 200);
  begin
    case job.kind
      when 'replay' then
        step := public.run_replay_step(job, max_rows);
      when 'erase' then
        step := public.run_erasure_step(job.params, max_rows);
        perform public.add_erasure_counts((job.params ->> 'before')::uuid, step -> 'counts') where step ? 'counts';
      when 'missing' then
        step := public.run_missing_step(job, max_rows);
      when 'backfill' then
        step := public.run_backfill_step(job, max_rows);
      when 'cancel' then
        select w.cancel_before into before from public.webhooks w where w.id = job.webhook_id;
        step := jsonb_build_object('params', job.params, 'moved', case when before is null then 0 else public.run_queue_ending_step(
          job.webhook_id, before, max_rows, 'cancelled', 'Cancelled by an administrator, with everything that waited for the webhook.') end);
        -- What is being sent ends as it ends; one that failed waits again, and goes then.
        step := step || jsonb_build_object('finished', (step ->> 'moved')::integer = 0 and not exists (
          select from public.webhook_queue q where q.webhook_id = job.webhook_id and q.created_at <= before and not q.is_test));
        if (step ->> 'finished')::boolean then
          update public.webhooks w set cancel_before = null where w.id = job.webhook_id and w.cancel_before = before;
        end if;
      else
        step := jsonb_build_object('params', job.params, 'moved', public.run_queue_ending_step(
          job.webhook_id, null, max_rows, 'webhook_deleted', 'The webhook was deleted.'));
        step := step || jsonb_build_object('finished', (step ->> 'moved')::integer = 0 and not exists (
          select from public.webhook_queue q where q.webhook_id = job.webhook_id));
        if (step ->> 'finished')::boolean then
          delete from public.webhooks w where w.id = job.webhook_id and w.deleted_at is not null;
        end if;
    end case;
  exception when others then
    -- The step is taken back, the job is not: it is tried again, and given up when that does not help.
    update public.webhook_jobs j set
      failures = j.failures + 1, error = sqlerrm, updated_at = now(),
      params = j.params || jsonb_build_object('batch', greatest(max_rows / 2, 50)),
      state = case when j.failures >= 50 then 'failed' else 'running' end,
      finished_at = case when j.failures >= 50 then now() end
    where j.id = job.id returning j.* into job;
    return to_json(job);
  end;

  -- As many rows as take some 30 ms: while a step runs, it has one of the database's processors.
  took := greatest(extract(epoch from clock_timestamp() - began), 0.001);
  update public.webhook_jobs j set
    done = j.done + (step ->> 'moved')::integer, failures = 0, error = null, updated_at = now(),
    params = (step -> 'params') || jsonb_build_object('batch', case
      when (step ->> 'moved')::integer < max_rows / 2 then max_rows
      else greatest(50, least(5000, max_rows * 2, (max_rows * 0.03 / took)::integer)) end),
    state = case when (step ->> 'finished')::boolean then 'finished' else 'running' end,
    finished_at = case when (step ->> 'finished')::boolean then now() end
  where j.id = job.id returning j.* into job;
  return to_json(job);
end
$$;
comment on function public.run_webhook_job_step is
  'Works on the job whose turn it is for some 30 ms and answers it; null when there is none, or somebody else works on one. When done did not grow, what is left is being sent or locked: ask again later.';
