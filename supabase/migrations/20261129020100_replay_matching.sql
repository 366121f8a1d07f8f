-- Replays of what a list is narrowed to: failures of one type, of some causes, of some answers.

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

create or replace function public.run_replay_step(job public.webhook_jobs, max_rows integer) returns jsonb
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

create or replace function public.count_job_deliveries(job public.webhook_jobs) returns integer
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

drop function public.count_failed_deliveries(timestamptz, timestamptz, uuid);
drop function public.replay_failed_deliveries(timestamptz, timestamptz, uuid);

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

revoke execute on function public.count_failures, public.count_failed_deliveries, public.replay_failed_deliveries
from public, anon, authenticated, service_role;
grant execute on function public.count_failures, public.count_failed_deliveries, public.replay_failed_deliveries
to authenticated, service_role;

create or replace function public.webhook_schema_version() returns text
language sql immutable parallel safe
return '20261129020100';
