-- Every chore deletes at most 5,000 rows in one call and passes over what somebody has locked: whatever has gathered, none runs into a
-- time limit.

create or replace function public.run_webhook_chore(chore text, keep_days integer) returns json
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
