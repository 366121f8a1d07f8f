-- Jobs: what grows with a queue, in steps of at most some 200 ms, beside the sending. A person's request only asks for one.

create function public.run_queue_ending_step(target uuid, before timestamptz, max_rows integer, error_kind text, error_message text)
returns integer
language sql security invoker
set search_path = ''
set enable_seqscan = off
set enable_bitmapscan = off
as $$
  select count(*)::integer from public.end_queued_deliveries(
    array(
      select q.id from public.webhook_queue q
      where q.webhook_id = target and (before is null or (q.created_at <= before and not q.is_test))
        and (q.locked_until is null or q.locked_until < now())
      order by q.webhook_id, q.lane, q.due_at, q.id
      limit max_rows),
    error_kind, error_message)
$$;
comment on function public.run_queue_ending_step is
  'Ends up to max_rows waiting deliveries of a webhook as failed: those created up to a moment, or all, tests included. Answers how many.';

create function public.count_failures(
  since timestamptz, until timestamptz, target uuid, type text, kinds text[], code_from integer, code_below integer, most integer)
returns integer
language plpgsql stable security invoker -- reads what the caller may read
set search_path = ''
set enable_seqscan = off
set enable_bitmapscan = off
set enable_mergejoin = off
set enable_hashjoin = off
as $$
declare
  from_id constant uuid := public.webhook_uuid_v7_floor(since);
  below_id constant uuid := coalesce(public.webhook_uuid_v7_floor(until), 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  counted integer;
begin
  if coalesce(type, kinds[1], code_from::text, code_below::text) is null then
    select count(*) into counted from (
      select from public.webhooks w
      cross join lateral (
        select from public.webhook_history h
        where h.webhook_id = w.id
          and h.status = 'failed' and not h.is_test and h.last_error_kind is distinct from 'cancelled'
          and h.id >= from_id and h.id < below_id
        limit most + 1
      ) as failure
      where w.status = 'active' and (target is null or w.id = target)
      limit most + 1
    ) as x;
  else
    -- By the index of causes: what is asked for may be rare among a webhook's failures.
    execute concat('select count(*) from (
        select from public.webhook_history h
        where h.status = ''failed'' and not h.is_test and h.last_error_kind <> ''cancelled'' and h.id >= $1 and h.id < $2',
        case when target is not null then ' and h.webhook_id = $3' end,
        case when type is not null then ' and h.event_type = $4' end,
        case when kinds is not null then ' and h.last_error_kind = any ($5)' end,
        case when code_from is not null then ' and h.last_status_code >= $6' end,
        case when code_below is not null then ' and h.last_status_code < $7' end,
        ' and (select w.status = ''active'' from public.webhooks w where w.id = h.webhook_id)
        limit $8) as x')
    into counted
    using from_id, below_id, target, type, kinds, code_from, code_below, most + 1;
  end if;
  return counted;
end
$$;
comment on function public.count_failures is
  'How many failures a replay would send, up to most + 1; arguments that are null narrow nothing.';

create function public.run_replay_step(job public.webhook_jobs, max_rows integer) returns jsonb
language plpgsql security invoker
set search_path = ''
set enable_seqscan = off
set enable_bitmapscan = off
set enable_mergejoin = off
set enable_hashjoin = off
as $$
declare
  nowhere constant uuid := '00000000-0000-0000-0000-000000000000';
  since constant uuid := public.webhook_uuid_v7_floor((job.params ->> 'since')::timestamptz);
  until constant uuid := coalesce(
    public.webhook_uuid_v7_floor((job.params ->> 'until')::timestamptz), 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  -- Where the job is: each delivery comes by once, also one that failed again meanwhile.
  at_webhook uuid := coalesce((job.params ->> 'at_webhook')::uuid, job.webhook_id, nowhere);
  at_delivery uuid := coalesce((job.params ->> 'at_delivery')::uuid, nowhere);
  webhooks_left integer := 200;
  window_size constant integer := 5000;
  longest constant interval := '100 milliseconds';
  began constant timestamptz := clock_timestamp();
  kinds constant text[] := case when job.params ? 'kinds' then array(select jsonb_array_elements_text(job.params -> 'kinds')) end;
  code_from constant integer := (job.params ->> 'code_from')::integer;
  code_below constant integer := (job.params ->> 'code_below')::integer;
  type constant text := job.params ->> 'type';
  window_end uuid;
  seen integer;
  batch uuid[];
begin
  -- By the index of causes, all webhooks together, and only so many at a time: what is asked for may be rare among the failures.
  while coalesce(kinds[1], type, code_from::text, code_below::text) is not null loop
    execute concat('
      with near as materialized (
        select h.id, h.webhook_id, h.event_type, h.is_test, h.status, h.finished_at from public.webhook_history h
        where h.last_error_kind <> ''cancelled'' and h.id > $1 and h.id >= $2 and h.id < $3',
        case when kinds[1] is not null then ' and h.last_error_kind = any ($4)' end,
        case when code_from is not null then ' and h.last_status_code >= $5' end,
        case when code_below is not null then ' and h.last_status_code < $6' end,
        ' order by h.id limit $7
      ), meant as (
        select n.id from near n
        where n.status = ''failed'' and not n.is_test and n.finished_at < $8
          and ($9 is null or n.webhook_id = $9) and ($10 is null or n.event_type = $10)
          and (select w.status = ''active'' from public.webhooks w where w.id = n.webhook_id)
        order by n.id limit $11
      )
      select (select count(*) from near), (select n.id from near n order by n.id desc limit 1), (select array_agg(m.id order by m.id) from meant m)')
    into seen, window_end, batch
    using at_delivery, since, until, kinds, code_from, code_below, window_size, job.created_at, job.webhook_id, type, max_rows;
    if batch is not null then
      perform public.redeliver_webhook_deliveries(batch);
    end if;
    at_delivery := case when cardinality(batch) = max_rows then batch[max_rows] else coalesce(window_end, at_delivery) end;
    if batch is not null or seen < window_size or clock_timestamp() - began > longest then
      return jsonb_build_object('moved', coalesce(cardinality(batch), 0),
        'finished', seen < window_size and (batch is null or cardinality(batch) < max_rows),
        'params', job.params || jsonb_build_object('at_delivery', at_delivery));
    end if;
  end loop;

  loop
    select array_agg(x.id order by x.id) into batch from (
      select h.id from public.webhook_history h
      -- Looked up, not joined: from the webhook's side of a join all of its failures would be read and sorted.
      where (select w.status = 'active' from public.webhooks w where w.id = at_webhook)
        and h.webhook_id = at_webhook
        and h.status = 'failed' and not h.is_test and h.last_error_kind is distinct from 'cancelled'
        and h.id >= since and h.id < until and h.id > at_delivery
        and h.finished_at < job.created_at
      order by h.id
      limit max_rows) as x;
    if batch is not null then
      perform public.redeliver_webhook_deliveries(batch);
      return jsonb_build_object('moved', cardinality(batch), 'finished', false,
        'params', job.params || jsonb_build_object('at_webhook', at_webhook, 'at_delivery', batch[cardinality(batch)]));
    end if;
    if job.webhook_id is not null then
      return jsonb_build_object('moved', 0, 'finished', true, 'params', job.params);
    end if;
    select w.id into at_webhook from public.webhooks w where w.id > at_webhook and w.status = 'active' order by w.id limit 1;
    if not found then
      return jsonb_build_object('moved', 0, 'finished', true, 'params', job.params);
    end if;
    at_delivery := nowhere;
    webhooks_left := webhooks_left - 1;
    if webhooks_left = 0 then
      return jsonb_build_object('moved', 0, 'finished', false,
        'params', job.params || jsonb_build_object('at_webhook', at_webhook, 'at_delivery', null));
    end if;
  end loop;
end
$$;
comment on function public.run_replay_step is
  'One step of a replay: makes the next failures due again. Answers { moved, finished, params } with where it is in params.';

create function public.count_job_deliveries(job public.webhook_jobs) returns integer
language plpgsql stable security invoker
set search_path = ''
set enable_seqscan = off
set enable_bitmapscan = off
set enable_mergejoin = off
set enable_hashjoin = off
as $$
declare
  most constant integer := 100000;
  counted integer;
begin
  if job.kind = 'replay' then
    counted := public.count_failures(
      (job.params ->> 'since')::timestamptz, (job.params ->> 'until')::timestamptz, job.webhook_id, job.params ->> 'type',
      case when job.params ? 'kinds' then array(select jsonb_array_elements_text(job.params -> 'kinds')) end,
      (job.params ->> 'code_from')::integer, (job.params ->> 'code_below')::integer, most);
  elsif job.kind <> 'erase' then
    select count(*) into counted from (
      select from public.webhook_queue q where q.webhook_id = job.webhook_id limit most + 1) as x;
  end if;
  return case when counted <= most then counted end;
end
$$;
comment on function public.count_job_deliveries is
  'How many deliveries a job has before it; null beyond 100,000: counting them all would take too long. Null for an erasure.';

create function public.run_webhook_job_step() returns json
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

create function public.cancel_waiting_deliveries(webhook_id uuid) returns json
language plpgsql security definer -- people may not write jobs
set search_path = ''
as $$
#variable_conflict use_column
declare
  job public.webhook_jobs;
begin
  if auth.uid() is not null and not public.is_webhook_admin() then
    raise exception 'forbidden' using errcode = '42501';
  end if;
  update public.webhooks w set cancel_before = clock_timestamp()
  where w.id = cancel_waiting_deliveries.webhook_id and w.deleted_at is null;
  if not found then
    raise exception 'webhook_not_found' using errcode = '22023';
  end if;
  -- One at a time for a webhook: one that runs goes on up to this moment.
  insert into public.webhook_jobs as j (kind, webhook_id) values ('cancel', cancel_waiting_deliveries.webhook_id)
  on conflict (webhook_id, kind) where state = 'running' and kind in ('delete', 'cancel')
  do update set updated_at = now()
  returning j.* into job;
  return to_json(job);
end
$$;
comment on function public.cancel_waiting_deliveries is
  'Nothing that waits for the webhook at this moment is sent any more; answers the job that takes it out of the queue. What is being sent ends as it ends.';

create function public.count_failed_deliveries(
  since timestamptz, until timestamptz default null, target uuid default null,
  type text default null, kinds text[] default null, code_from integer default null, code_below integer default null)
returns json
language sql stable security invoker -- reads what the caller may read
set search_path = ''
as $$
  select json_build_object('count', least(c.n, 10000), 'capped', c.n > 10000)
  from (select public.count_failures(since, until, target, type, kinds, code_from, code_below, 10000) as n) as c
$$;
comment on function public.count_failed_deliveries is
  'How many failed deliveries of active webhooks, created in [since, until), a replay with the same arguments would send; counted up to 10,000 (capped: there are more). Cancelled ones and tests are none.';

create function public.replay_failed_deliveries(
  since timestamptz, until timestamptz default null, target uuid default null,
  type text default null, kinds text[] default null, code_from integer default null, code_below integer default null)
returns json
language plpgsql security definer -- people may not write jobs
set search_path = ''
as $$
declare
  job public.webhook_jobs;
begin
  if auth.uid() is not null and not public.is_webhook_admin() then
    raise exception 'forbidden' using errcode = '42501';
  end if;
  if since is null then
    raise exception 'validation_failed' using errcode = '22023', hint = 'since: from when on';
  end if;
  if cardinality(kinds) not between 1 and 100 or char_length(type) > 100
    or exists (select from unnest(kinds) as k where char_length(k) > 100 or k is null) then
    raise exception 'validation_failed' using errcode = '22023', hint = 'kinds: 1 to 100 of 100 characters; type: 100 characters.';
  end if;
  if target is not null then
    perform from public.webhooks w where w.id = target and w.deleted_at is null;
    if not found then
      raise exception 'webhook_not_found' using errcode = '22023';
    end if;
  end if;
  insert into public.webhook_jobs as j (kind, webhook_id, params)
  values ('replay', target, jsonb_build_object('since', since, 'until', until) || jsonb_strip_nulls(jsonb_build_object(
    'type', type, 'kinds', to_jsonb(kinds), 'code_from', code_from, 'code_below', code_below)))
  returning j.* into job;
  return to_json(job);
end
$$;
comment on function public.replay_failed_deliveries is
  'Makes every failed delivery of active webhooks due again that was created in [since, until), of one webhook or all; answers the job. Of one event type, of some causes, with an answer from code_from to below code_below, where said. Cancelled ones and tests stay as they are.';

create function public.stop_webhook_job(job_id uuid) returns json
language plpgsql security definer -- people may not write jobs
set search_path = ''
as $$
declare
  job public.webhook_jobs;
begin
  if auth.uid() is not null and not public.is_webhook_admin() then
    raise exception 'forbidden' using errcode = '42501';
  end if;
  -- A deletion is not stopped: nobody could see or send what it left. Nor is an erasure: what it left would stay.
  update public.webhook_jobs j set state = 'stopped', finished_at = now(), updated_at = now()
  where j.id = job_id and j.state = 'running' and j.kind not in ('delete', 'erase');
  select j.* into job from public.webhook_jobs j where j.id = job_id;
  if not found then
    raise exception 'job_not_found' using errcode = '22023';
  end if;
  if job.kind = 'cancel' and job.state = 'stopped' then
    update public.webhooks w set cancel_before = null where w.id = job.webhook_id and w.cancel_before is not null;
  end if;
  return to_json(job);
end
$$;
comment on function public.stop_webhook_job is
  'Ends a running job where it is; what it has done stays done. Answers the job; one that deletes a webhook or erases records goes on.';

revoke execute on function public.run_queue_ending_step, public.count_failures, public.run_replay_step, public.count_job_deliveries,
  public.run_webhook_job_step, public.cancel_waiting_deliveries, public.count_failed_deliveries,
  public.replay_failed_deliveries, public.stop_webhook_job
from public, anon, authenticated, service_role;
grant execute on function public.run_queue_ending_step, public.run_replay_step, public.count_job_deliveries,
  public.run_webhook_job_step
to service_role;
grant execute on function public.cancel_waiting_deliveries, public.count_failures, public.count_failed_deliveries, public.replay_failed_deliveries,
  public.stop_webhook_job
to authenticated, service_role;
