-- Telling one webhook of the rows that were there before it: of each the event of a new row, marked as a backfill.

create function public.run_backfill_step(job public.webhook_jobs, max_rows integer) returns jsonb
language plpgsql security definer -- reads attached tables, as their own triggers do
set search_path = ''
set timezone = 'UTC'
as $$
declare
  most_waiting constant integer := 500; -- deliveries of the webhook: what is live stands behind no more than these
  piece constant integer := 200; -- rows that are read in one statement: each may be a payload of 256 KiB
  w public.webhooks;
  source public.webhook_sources;
  row_event text; -- the expression of a row's event
  key record;
  room integer;
  keys text[];
  told json[];
  sent integer;
begin
  select x.* into w from public.webhooks x where x.id = job.webhook_id and x.deleted_at is null;
  if w.id is null then
    return jsonb_build_object('moved', 0, 'finished', true, 'params', job.params);
  end if;
  select s.* into source from public.webhook_sources s where s.kind = job.params ->> 'kind';
  row_event := public.webhook_source_row(source, 'insert', 'r');
  if row_event is null then
    raise exception 'source_unknown' using errcode = '22023', hint = 'Its table was detached, or tells of no new rows any more.';
  end if;
  select least(max_rows, piece, most_waiting - count(*)) into room
  from (select from public.webhook_queue q where q.webhook_id = w.id limit most_waiting) as x;
  if w.status <> 'active' or room <= 0 then
    return jsonb_build_object('moved', 0, 'finished', false, 'params', job.params); -- later, when it has room
  end if;

  select k.name, format(k.plain, 'r') as of_row, k.follows, format_type(a.atttypid, a.atttypmod) as type into key
  from public.webhook_source_key(source.relation) k
  join pg_catalog.pg_attribute a on a.attrelid = source.relation and a.attname = k.name;
  -- Locked, so that no change of a row is told before it with a later number: whoever changes one waits for this step.
  execute format(
    'select array_agg(t.key), array_agg(t.told) from (select %1$s::text as key, %2$s as told from %3$s r where %4$s order by %1$s limit %5$s for share of r) t',
    key.of_row, row_event, source.relation, case when job.params ? 'at_key' then format('%s %s %L::%s', key.of_row, key.follows, job.params ->> 'at_key', key.type) else 'true' end, room)
  into keys, told;
  if keys is null then
    return jsonb_build_object('moved', 0, 'finished', true, 'params', job.params);
  end if;

  with row as materialized (
    select public.webhook_uuid_v7() as id, e.event ->> 'event_type' as event_type, e.event -> 'payload' as payload,
      nextval('public.webhook_event_sequence') as sequence
    from json_array_elements(public.webhook_short_events(array_to_json(told))) with ordinality as e (event, n)
  ), wanted as materialized (
    select r.*, octet_length(r.payload::text) as payload_bytes,
      case when w.ordered or w.stale_retries = 'skip' then public.webhook_record_key(r.payload ->> 'id') end as record_id
    from row r
    where w.condition_path is null or jsonb_path_match(public.webhook_jsonb(r.payload), w.condition_path, '{}', true)
  ), stored as (
    insert into public.webhook_events (id, event_type, payload, deliveries, triggered_by, origin, sequence)
    select x.id, x.event_type, x.payload, 1, job.created_by, 'backfill', x.sequence from wanted x
  ), queued as (
    insert into public.webhook_queue (webhook_id, event_id, event_type, payload_bytes, record_id, sequence, turn)
    select w.id, x.id, x.event_type, x.payload_bytes, x.record_id, case when x.record_id is not null then x.sequence end,
      case when x.record_id is not null and w.ordered then 0 end
    from wanted x
  )
  select count(*) into sent from wanted;
  return jsonb_build_object('moved', cardinality(keys), 'finished', cardinality(keys) < room, 'params', job.params
    || jsonb_build_object('at_key', keys[cardinality(keys)], 'sent', coalesce((job.params ->> 'sent')::integer, 0) + sent));
end
$$;
comment on function public.run_backfill_step is
  'One step of a backfill: tells the webhook of the next rows, by their key, while fewer than 500 deliveries wait for it and it is active. Rows that its conditions leave out are passed over. Answers { moved, finished, params } with the key where it is, and how many were sent, in params.';

create function public.backfill_webhook(webhook_id uuid, kind text, dry_run boolean default false) returns json
language plpgsql security definer -- people may write no jobs, and read the rows of some tables only
set search_path = ''
as $$
#variable_conflict use_column
declare
  most constant integer := 100000;
  w public.webhooks;
  source public.webhook_sources;
  event_type text;
  fault text;
  rows integer;
  job public.webhook_jobs;
begin
  if auth.uid() is not null and not public.is_webhook_admin() then
    raise exception 'forbidden' using errcode = '42501';
  end if;
  select x.* into w from public.webhooks x where x.id = backfill_webhook.webhook_id and x.deleted_at is null;
  select s.* into source from public.webhook_sources s where s.kind = backfill_webhook.kind;
  select r.event_type into event_type from public.webhook_source_rules r
  where r.relation = source.relation and r.operation = 'insert' and r.changed is null;
  fault := case
    when w.id is null then 'webhook_not_found'
    when event_type is null then 'source_unknown'
    when not public.webhook_listens(w.events, event_type) then 'not_subscribed'
    when w.status <> 'active' and not dry_run then 'webhook_inactive' end;
  if fault is not null then
    raise exception '%', fault using errcode = '22023', hint = case fault
      when 'source_unknown' then 'kind: of an attached table that tells of its new rows, see webhook_sources.'
      when 'not_subscribed' then format('The webhook does not listen to %s.', event_type)
      else 'There must be such a webhook, and it must be active.' end;
  end if;
  execute format('select count(*) from (select from %s limit %s) as x', source.relation, most + 1) into rows;
  if dry_run then
    return json_build_object('count', least(rows, most), 'capped', rows > most);
  end if;
  -- One at a time of each table for a webhook: one that runs tells of all rows.
  perform pg_advisory_xact_lock(hashtextextended('webhook_backfill', 0));
  select j.* into job from public.webhook_jobs j
  where j.kind = 'backfill' and j.state = 'running' and j.webhook_id = w.id and j.params ->> 'kind' = backfill_webhook.kind;
  if not found then
    insert into public.webhook_jobs as j (kind, webhook_id, params, total)
    values ('backfill', w.id, jsonb_build_object('kind', backfill_webhook.kind, 'counted', true), case when rows <= most then rows end)
    returning j.* into job;
  end if;
  return to_json(job);
end
$$;
comment on function public.backfill_webhook is
  'Tells an active webhook of every row of an attached table as it is now, as if each had just come: <kind>.created, with the origin backfill, to it alone. Answers the job, or with dry_run { count, capped }: the rows, counted up to 100,000. Refuses with webhook_not_found, source_unknown, not_subscribed, webhook_inactive.';

create function public.resume_webhook_job(job_id uuid) returns json
language plpgsql security definer -- people may not write jobs
set search_path = ''
as $$
declare
  job public.webhook_jobs;
begin
  if auth.uid() is not null and not public.is_webhook_admin() then
    raise exception 'forbidden' using errcode = '42501';
  end if;
  -- What stopped in a place from which it can go on. A cancellation that was stopped has let its deliveries go.
  update public.webhook_jobs j set state = 'running', finished_at = null, failures = 0, error = null, updated_at = now()
  where j.id = job_id and j.state in ('stopped', 'failed') and j.kind in ('replay', 'missing', 'backfill');
  select j.* into job from public.webhook_jobs j where j.id = job_id;
  if not found then
    raise exception 'job_not_found' using errcode = '22023';
  end if;
  return to_json(job);
end
$$;
comment on function public.resume_webhook_job is
  'Has a job that was stopped or failed go on where it is: a replay, a backfill, or the sending of what was missing. Answers the job; any other one stays as it is.';

revoke execute on function public.run_backfill_step, public.backfill_webhook, public.resume_webhook_job
from public, anon, authenticated, service_role;
grant execute on function public.run_backfill_step
to service_role;
grant execute on function public.backfill_webhook, public.resume_webhook_job
to authenticated, service_role;
