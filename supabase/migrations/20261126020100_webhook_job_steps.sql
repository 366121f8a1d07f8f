-- Jobs in smaller steps: one of 100 ms was felt by the slowest of the deliveries beside it.

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
