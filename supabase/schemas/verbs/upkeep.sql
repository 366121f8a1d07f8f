-- Upkeep: a list of chores, each for itself: its own call, a short wait for locks, a bounded batch, its own record.

create function public.due_webhook_chores() returns json
language sql stable security invoker
set search_path = ''
as $$
  select coalesce(json_agg(c.chore order by c.last_success_at nulls first), '[]')
  from public.webhook_chores c
  where c.last_success_at is null or c.last_success_at < now() - c.every
$$;
comment on function public.due_webhook_chores is
  'The names of the chores whose last success is longer ago than their interval, the longest first.';

create function public.webhook_partition_key(parent text) returns text
language sql immutable parallel safe
return case parent when 'webhook_attempts' then 'delivery_id' when 'webhook_event_words' then 'event_id' else 'id' end;
comment on function public.webhook_partition_key is
  'The column by which a partitioned table is divided into days.';

create function public.webhook_default_partition_holds(parent text, day date) returns boolean
language plpgsql stable security invoker
set search_path = ''
as $$
declare
  holds boolean;
begin
  execute format('select exists (select from webhook_partitions.%I where %I >= $1 and %2$I < $2)', parent || '_default',
    public.webhook_partition_key(parent))
  into holds
  using public.webhook_uuid_v7_floor(day::timestamp at time zone 'UTC'),
    public.webhook_uuid_v7_floor((day + 1)::timestamp at time zone 'UTC');
  return holds;
end
$$;
comment on function public.webhook_default_partition_holds is
  'True when the default partition already has rows of that day, so that no partition can be made for it.';

create function public.make_webhook_partition() returns boolean
language plpgsql security definer -- makes tables
set search_path = ''
as $$
declare
  today constant date := (now() at time zone 'UTC')::date;
  parent text;
  day date;
begin
  foreach parent in array array['webhook_events', 'webhook_history', 'webhook_attempts', 'webhook_event_words'] loop
    for day in select generate_series(today, today + 7, interval '1 day')::date loop
      -- A day that nobody foresaw already has rows in the default partition and stays there.
      continue when to_regclass(format('webhook_partitions.%I', parent || to_char(day, '_YYYYMMDD'))) is not null
        or public.webhook_default_partition_holds(parent, day);
      -- Attached, not created as a partition: that would wait for every reader of the table, a dump for example.
      execute format('create table webhook_partitions.%I (like public.%I including all)', parent || to_char(day, '_YYYYMMDD'), parent);
      execute format('alter table public.%I attach partition webhook_partitions.%I for values from (%L) to (%L)',
        parent, parent || to_char(day, '_YYYYMMDD'),
        public.webhook_uuid_v7_floor(day::timestamp at time zone 'UTC'),
        public.webhook_uuid_v7_floor((day + 1)::timestamp at time zone 'UTC'));
      return true;
    end loop;
  end loop;
  return false;
end
$$;
comment on function public.make_webhook_partition is
  'Makes one partition that is missing among those of the next 7 days. False when none is.';

create function public.webhook_day_is_needed(day date, keep_days integer) returns boolean
language plpgsql stable security definer
set search_path = ''
as $$
declare
  first constant uuid := public.webhook_uuid_v7_floor(day::timestamp at time zone 'UTC');
  beyond constant uuid := public.webhook_uuid_v7_floor((day + 1)::timestamp at time zone 'UTC');
begin
  return exists (select from public.webhook_queue q where q.id >= first and q.id < beyond)
    or exists (
      select from public.webhook_history h
      where h.id >= first and h.id < beyond
        and h.finished_at - h.created_at > interval '24 hours' and h.finished_at >= now() - make_interval(days => keep_days));
end
$$;
comment on function public.webhook_day_is_needed is
  'Whether a delivery of that day still waits, or became final only within the last keep_days: its event, attempts and record stay.';

create function public.drop_webhook_partition(keep_days integer) returns boolean
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

create function public.trim_webhook_default_partition(keep_days integer, max_rows integer) returns integer
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

create function public.end_orphaned_deliveries(max_rows integer) returns integer
language plpgsql security invoker
set search_path = ''
set enable_seqscan = off
set enable_bitmapscan = off
set enable_mergejoin = off
set enable_hashjoin = off
as $$
declare
  orphan uuid;
begin
  with recursive webhook as (
    (select q.webhook_id from public.webhook_queue q order by q.webhook_id limit 1)
    union all
    select next.webhook_id from webhook cross join lateral (
      select q.webhook_id from public.webhook_queue q where q.webhook_id > webhook.webhook_id order by q.webhook_id limit 1) as next
  )
  select x.webhook_id into orphan from webhook x
  where not exists (select from public.webhooks w where w.id = x.webhook_id)
    and exists (select from public.webhook_queue q
      where q.webhook_id = x.webhook_id and (q.locked_until is null or q.locked_until < now()))
  limit 1;
  if orphan is null then
    return 0;
  end if;
  return public.run_queue_ending_step(orphan, null, max_rows, 'webhook_deleted', 'The webhook was deleted.');
end
$$;
comment on function public.end_orphaned_deliveries is
  'Ends deliveries of webhooks that are gone: of a trigger that committed while its webhook was being deleted. Answers how many.';

create function public.disable_failing_webhooks() returns integer
language sql security invoker
set search_path = ''
as $$
  with failing as materialized (
    select w.id from public.webhooks w join public.webhook_health h on h.webhook_id = w.id
    where w.status = 'active'
      -- Tried and failed at both ends of the five days: silence proves nothing.
      and h.last_failed_at > h.failing_since + interval '5 days' and h.failures >= 10
    for update of w skip locked
  ), disabled as (
    update public.webhooks w set status = 'inactive', disabled_reason = 'failing'
    from failing f where w.id = f.id
    returning 1
  )
  select count(*)::integer from disabled
$$;
comment on function public.disable_failing_webhooks is
  'Switches off the webhooks whose attempts, 10 at least, have only failed for 5 days. Answers how many.';

create function public.run_webhook_chore(chore text, keep_days integer) returns json
language plpgsql security definer -- makes and drops tables
set search_path = ''
set lock_timeout = '200ms'
as $$
declare
  most constant integer := 5000; -- rows of one call
  done integer;
  held integer;
  step boolean;
  more boolean;
begin
  if not exists (select from public.webhook_chores c where c.chore = run_webhook_chore.chore) then
    raise exception 'unknown chore %', chore using errcode = '22023', hint = 'See webhook_chores for their names.';
  end if;
  -- One runner at a time over all processes: who comes second has nothing to do.
  if not pg_try_advisory_xact_lock(hashtextextended('webhook_chore ' || chore, 0)) then
    return '{"done": 0, "more": false}';
  end if;

  case chore
    when 'make_partitions' then
      step := public.make_webhook_partition();
    when 'drop_partitions' then
      step := public.drop_webhook_partition(keep_days);
    when 'trim_default_partitions' then
      done := public.trim_webhook_default_partition(keep_days, most);
    when 'end_orphans' then
      done := public.end_orphaned_deliveries(most);
    when 'disable_failing' then
      perform public.disable_failing_webhooks();
    when 'forget_idempotency_keys' then
      delete from public.webhook_idempotency_keys k where k.ctid = any (array(
        select x.ctid from public.webhook_idempotency_keys x where x.created_at < now() - interval '24 hours'
        order by x.created_at limit most for update skip locked));
      get diagnostics done = row_count;
    when 'forget_health' then
      delete from public.webhook_health h where h.ctid = any (array(
        select x.ctid from public.webhook_health x where not exists (select from public.webhooks w where w.id = x.webhook_id)
        limit most for update of x skip locked));
      get diagnostics done = row_count;
      delete from public.webhook_holds h where h.ctid = any (array(
        select x.ctid from public.webhook_holds x where not exists (select from public.webhooks w where w.id = x.webhook_id)
        limit most for update of x skip locked));
      get diagnostics held = row_count;
      done := greatest(done, held);
    when 'forget_statistics' then
      delete from public.webhook_stats_hourly s where s.ctid = any (array(
        select x.ctid from public.webhook_stats_hourly x where x.hour < now() - interval '400 days'
        order by x.hour limit most for update skip locked));
      get diagnostics done = row_count;
    when 'forget_playground_requests' then
      delete from public.playground_requests r where r.ctid = any (array(
        select x.ctid from public.playground_requests x where x.received_at < now() - interval '24 hours'
        limit most for update skip locked));
      get diagnostics done = row_count;
    when 'forget_record_states' then
      delete from public.webhook_record_states s where s.ctid = any (array(
        select x.ctid from public.webhook_record_states x where x.delivered_at < now() - make_interval(days => keep_days)
        order by x.delivered_at limit most for update skip locked));
      get diagnostics done = row_count;
    when 'forget_jobs' then
      delete from public.webhook_jobs j where j.ctid = any (array(
        select x.ctid from public.webhook_jobs x where x.finished_at < now() - interval '30 days'
        limit most for update skip locked));
      get diagnostics done = row_count;
    when 'forget_workers' then
      delete from public.webhook_workers w where w.ctid = any (array(
        select x.ctid from public.webhook_workers x where x.last_exchange_at < now() - interval '1 day'
        limit most for update skip locked));
      get diagnostics done = row_count;
    else
      -- A chore of a later migration, with a function of its own name.
      execute format('select public.%I($1)', chore) into done using most;
  end case;

  more := coalesce(step, done >= most, false);
  -- With more to do it stays due, whoever goes on with it.
  update public.webhook_chores c set
    last_success_at = case when more then c.last_success_at else now() end, last_failure_at = null, error = null
  where c.chore = run_webhook_chore.chore;
  return json_build_object('done', coalesce(done, step::integer, 0), 'more', more);
end
$$;
comment on function public.run_webhook_chore is
  'Runs one chore for a bounded while and keeps that it succeeded. Answers { done, more }: how much it did, and whether there is more. Waits at most 200 ms for any lock (55P03): the chore fails alone and is tried again.';

create function public.note_webhook_chore_failure(chore text, error text) returns void
language sql security invoker
set search_path = ''
set lock_timeout = '200ms'
as $$
  update public.webhook_chores c set last_failure_at = now(), error = left(note_webhook_chore_failure.error, 1000)
  where c.chore = note_webhook_chore_failure.chore
$$;
comment on function public.note_webhook_chore_failure is 'Keeps why a chore failed: its own transaction was taken back.';

revoke execute on function public.due_webhook_chores, public.webhook_partition_key, public.webhook_default_partition_holds,
  public.make_webhook_partition, public.webhook_day_is_needed, public.drop_webhook_partition,
  public.trim_webhook_default_partition, public.end_orphaned_deliveries, public.disable_failing_webhooks,
  public.run_webhook_chore, public.note_webhook_chore_failure
from public, anon, authenticated, service_role;
grant execute on function public.due_webhook_chores, public.disable_failing_webhooks, public.run_webhook_chore,
  public.note_webhook_chore_failure
to service_role;
