-- Upkeep that the cron route calls: partitions ahead, old data out, nothing stranded.

create function public.maintain_webhooks(keep_days integer default 30) returns void
language plpgsql security definer -- makes and drops tables
set search_path = ''
as $$
declare
  today constant date := (now() at time zone 'UTC')::date;
  parent text;
  day date;
  part record;
begin
  if not pg_try_advisory_xact_lock(hashtext('maintain_webhooks')) then
    return;
  end if;
  perform set_config('lock_timeout', '2s', true);

  foreach parent in array array['webhook_events', 'webhook_history', 'webhook_attempts'] loop
    for day in select generate_series(today, today + 3, interval '1 day')::date loop
      -- A day that nobody foresaw already has rows in the default partition and stays there.
      continue when to_regclass(format('webhook_partitions.%I', parent || to_char(day, '_YYYYMMDD'))) is not null
        or public.webhook_default_partition_holds(parent, day);
      execute format('create table webhook_partitions.%I partition of public.%I for values from (%L) to (%L)',
        parent || to_char(day, '_YYYYMMDD'), parent,
        public.webhook_uuid_v7_floor(day::timestamp at time zone 'UTC'),
        public.webhook_uuid_v7_floor((day + 1)::timestamp at time zone 'UTC'));
    end loop;

    for part in
      select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'webhook_partitions' and c.relkind = 'r'
        and c.relname ~ ('^' || parent || '_\d{8}$') and right(c.relname, 8)::date < today - keep_days
    loop
      execute format('drop table webhook_partitions.%I', part.relname);
    end loop;
    execute format('delete from webhook_partitions.%I where %I < $1', parent || '_default',
      case parent when 'webhook_attempts' then 'delivery_id' else 'id' end)
    using public.webhook_uuid_v7_floor(now() - make_interval(days => keep_days));
  end loop;

  delete from public.webhook_idempotency_keys where created_at < now() - interval '24 hours';
  delete from public.webhook_health h where not exists (select from public.webhooks w where w.id = h.webhook_id);
  delete from public.webhook_stats_hourly where hour < now() - interval '400 days';
  -- A trigger that committed while its webhook was being deleted leaves rows that nobody would claim.
  perform public.fail_waiting_deliveries(orphan.webhook_id, 'webhook_deleted', 'The webhook was deleted.')
  from (
    select distinct q.webhook_id from public.webhook_queue q
    where not exists (select from public.webhooks w where w.id = q.webhook_id)
  ) as orphan;
  -- And one that committed while its webhook was being switched off leaves rows that were not set aside.
  with inactive as materialized (
    select w.id from public.webhooks w where w.status = 'inactive' for share
  )
  update public.webhook_queue q set resume_at = q.due_at, due_at = 'infinity'
  from inactive i
  where q.webhook_id = i.id and not q.is_test and isfinite(q.due_at);
end
$$;
comment on function public.maintain_webhooks is
  'Makes the partitions of the next days, drops data older than keep_days (30), forgets idempotency keys after 24 hours. Cheap; one runner at a time.';

create function public.webhook_default_partition_holds(parent text, day date) returns boolean
language plpgsql stable security invoker
set search_path = ''
as $$
declare
  holds boolean;
begin
  execute format('select exists (select from webhook_partitions.%I where %I >= $1 and %2$I < $2)', parent || '_default',
    case parent when 'webhook_attempts' then 'delivery_id' else 'id' end)
  into holds
  using public.webhook_uuid_v7_floor(day::timestamp at time zone 'UTC'),
    public.webhook_uuid_v7_floor((day + 1)::timestamp at time zone 'UTC');
  return holds;
end
$$;
comment on function public.webhook_default_partition_holds is
  'True when the default partition already has rows of that day, so that no partition can be made for it.';

create function public.disable_failing_webhooks() returns integer
language sql security invoker
set search_path = ''
as $$
  with disabled as (
    update public.webhooks w set status = 'inactive', disabled_reason = 'failing'
    from public.webhook_health h
    where h.webhook_id = w.id and w.status = 'active'
      -- Tried and failed at both ends of the five days: silence proves nothing.
      and h.last_failed_at > h.failing_since + interval '5 days' and h.failures >= 10
    returning 1
  )
  select count(*)::integer from disabled
$$;
comment on function public.disable_failing_webhooks is
  'Switches off the webhooks whose attempts, 10 at least, have only failed for 5 days. Answers how many.';

revoke execute on function public.maintain_webhooks, public.webhook_default_partition_holds, public.disable_failing_webhooks
  from public, anon, authenticated;
grant execute on function public.maintain_webhooks, public.disable_failing_webhooks to service_role;

select public.maintain_webhooks();
