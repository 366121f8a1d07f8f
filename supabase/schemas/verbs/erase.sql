-- Erasing a record: what events, deliveries and attempts hold of it goes; that something was sent, when and how it ended, stays.

create function public.erase_webhook_events(event_ids uuid[]) returns jsonb
language plpgsql security invoker
set search_path = ''
-- What is named by ids is looked up by them, however little there was when the plan was made.
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  erasing uuid[];
  oldest uuid;
  ended uuid[];
  kept uuid[];
  delivery_ids uuid[];
  attempts integer;
  requests integer;
begin
  -- Who redelivers, or notes a request of the playground, holds the event too: one waits for the other.
  select coalesce(array_agg(e.id order by e.id), '{}') into erasing
  from (
    select x.id from public.webhook_events x where x.id = any (event_ids) and x.erased_at is null for update
  ) as e;
  oldest := public.webhook_uuid_v7_floor(public.webhook_uuid_v7_time(erasing[1]) - interval '1 minute');

  -- Also what is being sent: a result whose delivery is gone, or has another fence, is not written.
  with found as materialized (
    select q.id, q.event_type ~ '\.deleted$' or exists (
        select from public.webhook_source_rules r where r.event_type = q.event_type and r.operation = 'delete') as stays
    from public.webhook_queue q where q.id >= oldest and q.event_id = any (erasing) for update of q
  ), taken as (
    delete from public.webhook_queue q where q.id = any (array(select f.id from found f where not f.stays)) returning q.*
  ), final as (
    insert into public.webhook_history (id, webhook_id, event_id, event_type, is_test, status, retry_count, attempt_count, fence,
      last_status_code, last_error_kind, last_duration_ms, created_at, merged)
    select t.id, t.webhook_id, t.event_id, t.event_type, t.is_test, 'failed', t.retry_count, t.attempt_count, t.fence + 1,
      t.last_status_code, 'erased', t.last_duration_ms, t.created_at, t.merged
    from taken t
    returning id
  ), waiting as (
    update public.webhook_queue q set fence = q.fence + 1, last_error = null, payload_bytes = 0
    where q.id = any (array(select f.id from found f where f.stays))
    returning q.id
  )
  select array(select f.id from final f), array(select w.id from waiting w) into ended, kept;

  update public.webhook_history h set last_error = null
  where h.id >= oldest and h.event_id = any (erasing) and h.last_error is not null;
  delivery_ids := kept || array(select h.id from public.webhook_history h where h.id >= oldest and h.event_id = any (erasing));
  update public.webhook_attempts a set
    request_body = null, request_format = null, response_headers = null, response_body = null, response_truncated = false,
    error_message = null, console = null
  where a.delivery_id >= oldest and a.delivery_id = any (delivery_ids);
  get diagnostics attempts = row_count;
  delete from public.playground_requests r where r.delivery_id = any (delivery_ids::text[]);
  get diagnostics requests = row_count;
  delete from public.webhook_idempotency_keys k where k.event_id = any (erasing);
  delete from public.webhook_shadow_examples x where x.event_id = any (erasing);
  update public.webhook_events e set
    payload = json_build_object('id', case when json_typeof(e.payload -> 'id') in ('string', 'number') then e.payload -> 'id' end, 'erased', true),
    record_label = null, erased_at = clock_timestamp()
  where e.id = any (erasing);
  -- What is not indexed yet will be, as it is then.
  update public.webhook_event_words w set words = public.webhook_event_words(e.payload, null)
  from public.webhook_events e
  where w.event_id = any (erasing) and e.id = w.event_id;
  return jsonb_build_object('events', cardinality(erasing), 'deliveries', cardinality(delivery_ids), 'ended', cardinality(ended),
    'attempts', attempts, 'requests', requests);
end
$$;
comment on function public.erase_webhook_events is
  'Takes what these events hold of their record: payload ({"id": …, "erased": true} is left), label, search words, idempotency keys; bodies, answers, console lines and messages of their attempts (address and headers of a request are the webhook''s); requests of the playground; examples of drafts. Waiting deliveries end as failed (erased), but those of a deletion go out with the id. Answers how many; what was erased before counts no more.';

create function public.webhook_record_query(records text[]) returns tsquery
language sql immutable parallel safe
set search_path = ''
as $$
  select string_agg(format('''=%1$s'' | ''^%1$s''', replace(replace(r.id, '\', '\\'), '''', '''''')), ' | ')::tsquery
  from unnest(records) as r (id)
$$;
comment on function public.webhook_record_query is
  'What finds the events of these records, and those that have one of them as their lead.';

create function public.find_record_events(records text[], from_id uuid, below uuid, most integer) returns uuid[]
language sql stable security invoker
set search_path = ''
-- By the index of words, as in find_event_ids.
set enable_seqscan = off
set enable_indexscan = off
set enable_indexonlyscan = off
as $$
  select array(
    select w.event_id from public.webhook_event_words w
    where w.words @@ public.webhook_record_query(records) and w.event_id >= from_id and w.event_id < below
    order by w.event_id desc limit most)
$$;
comment on function public.find_record_events is
  'The newest indexed events of records and of what belongs to them, between two ids, erased ones too.';

create function public.find_recent_record_events(records text[], below uuid, most integer) returns uuid[]
language plpgsql stable security invoker
set search_path = ''
set enable_seqscan = off
as $$
declare
  recent constant uuid := public.webhook_uuid_v7_floor(least(
    (select public.webhook_uuid_v7_time(w.event_id) from public.webhook_event_words w order by w.event_id desc limit 1),
    now() - interval '8 minutes') - interval '2 minutes');
  -- One that no JSON writes otherwise is looked for as text first.
  plain constant text := case when cardinality(records) = 1 and records[1] ~ '^[0-9A-Za-z_.@+-]+$' then records[1] end;
begin
  return array(
    select e.id from public.webhook_events e
    where e.id >= recent and e.id < below and e.erased_at is null
      and case when plain is not null and strpos(e.payload::text, plain) = 0 and strpos(e.payload::text, '\') = 0 then false
        else public.webhook_payload_text(e.payload, 'id') = any (records)
          or public.webhook_payload_text(e.payload, 'lead_id') = any (records) end
    order by e.id desc limit most);
end
$$;
comment on function public.find_recent_record_events is
  'The same of events that may not be indexed yet, read as they are; not erased ones.';

create function public.belonging_records(event_ids uuid[], records text[]) returns text[]
language sql stable security invoker
set search_path = ''
as $$
  select array(
    select distinct r.id from public.webhook_events e cross join lateral public.webhook_payload_text(e.payload, 'id') as r (id)
    where e.id = any (event_ids) and e.erased_at is null and r.id <> '' and r.id <> all (records))
$$;
comment on function public.belonging_records is
  'Other records that these events are about: what belongs to an erased lead, such as its appointments.';

create function public.webhook_events_within(event_ids uuid[], max_rows integer) returns uuid[]
language sql stable security invoker
set search_path = ''
as $$
  select coalesce(array_agg(e.id order by e.id desc), '{}')
  from (
    select x.id, sum(case when x.erased_at is null then x.deliveries + 1 else 0 end)
      over (order by x.id desc rows between unbounded preceding and 1 preceding) as before
    from public.webhook_events x where x.id = any (event_ids)
  ) as e
  where coalesce(e.before, 0) < max_rows
$$;
comment on function public.webhook_events_within is
  'The newest of these events that have some max_rows deliveries together, at least one.';

create function public.run_erasure_step(params jsonb, max_rows integer) returns jsonb
language plpgsql security invoker
set search_path = ''
as $$
declare
  together constant integer := 50; -- records that are looked for at once
  records constant text[] := array(select r from jsonb_array_elements_text(params -> 'records') as r);
  these constant text[] := records[: together];
  at_event constant uuid := coalesce(params ->> 'at', params ->> 'before')::uuid;
  found uuid[];
  batch uuid[];
  further text[];
  counts jsonb;
begin
  -- An event is in the index of words, or whoever puts it there sees that its record was erased.
  perform pg_advisory_xact_lock_shared(hashtextextended('webhook_event_words', 0));
  found := public.find_record_events(these, coalesce(params ->> 'from', '00000000-0000-0000-0000-000000000000')::uuid, at_event, 1000);
  batch := public.webhook_events_within(found, max_rows);
  if cardinality(batch) = 0 then
    return jsonb_build_object('moved', 0, 'finished', cardinality(records) <= together,
      'params', params - 'at' || jsonb_build_object('records', to_jsonb(coalesce(records[together + 1 :], '{}'))));
  end if;
  further := public.belonging_records(batch, records);
  perform public.note_erased_records(further);
  counts := public.erase_webhook_events(batch);
  return jsonb_build_object('moved', counts -> 'events', 'counts', counts, 'finished', false,
    'params', params || jsonb_build_object('at', batch[cardinality(batch)], 'records', to_jsonb(records || further)));
end
$$;
comment on function public.run_erasure_step is
  'One step of an erasure: the next indexed events of its records. Answers { moved, finished, params, counts } with where it is in params.';

create function public.note_erased_records(records text[], counts jsonb default null) returns uuid
language plpgsql security invoker
set search_path = ''
as $$
declare
  noted uuid;
begin
  with written as (
    insert into public.webhook_audit_log (action, record_digest)
    select 'record_erased', public.webhook_record_digest(r) from unnest(records) as r
    returning id
  )
  select w.id into noted from written w order by w.id desc limit 1;
  update public.webhook_audit_log a set counts = note_erased_records.counts where a.id = noted and note_erased_records.counts is not null;
  return noted;
end
$$;
comment on function public.note_erased_records is
  'Notes in the audit log that records were erased; answers the last of these rows.';

create function public.add_erasure_counts(erasure uuid, added jsonb) returns jsonb
language sql security invoker
set search_path = ''
as $$
  update public.webhook_audit_log a set counts = (
    select jsonb_object_agg(k.name, coalesce((a.counts ->> k.name)::integer, 0) + coalesce((added ->> k.name)::integer, 0))
    from unnest(array['events', 'deliveries', 'ended', 'attempts', 'requests']) as k (name))
  where a.id = erasure
  returning a.counts
$$;
comment on function public.add_erasure_counts is
  'Adds to what an erasure has taken; answers all of it.';

create function public.erase_records(records text[]) returns json
language plpgsql security definer -- for verbs and triggers that have asked for the right
set search_path = ''
as $$
declare
  most constant integer := 200; -- events, and some more with many deliveries
  erasure uuid;
  counts jsonb;
  found uuid[];
  batch uuid[];
  further text[];
  step jsonb;
  taken integer := 0;
  looked integer := 0;
  unfinished boolean := false;
  job public.webhook_jobs;
begin
  perform pg_advisory_xact_lock_shared(hashtextextended('webhook_event_words', 0));
  erasure := public.note_erased_records(records);
  counts := public.add_erasure_counts(erasure, '{}');
  step := jsonb_build_object('params', jsonb_build_object('records', to_jsonb(records), 'before', erasure), 'finished', false);

  -- What is new first, for it may be under way; then what belongs to it.
  further := records;
  while cardinality(further) > 0 and not unfinished loop
    found := public.find_recent_record_events(further, erasure, most - taken + 1);
    batch := public.webhook_events_within(found, 5 * most);
    unfinished := cardinality(found) > most - taken or cardinality(batch) < cardinality(found);
    exit when cardinality(batch) = 0;
    further := public.belonging_records(batch, records);
    records := records || further;
    perform public.note_erased_records(further);
    counts := public.add_erasure_counts(erasure, public.erase_webhook_events(batch));
    taken := taken + cardinality(batch);
  end loop;
  step := jsonb_set(step, '{params,records}', to_jsonb(records));
  -- Of many records the rest is not for a statement that somebody waits for.
  if cardinality(records) <= 50 then
    while not (step ->> 'finished')::boolean and taken < most and looked < 20 loop
      step := public.run_erasure_step(step -> 'params', most);
      if step ? 'counts' then
        counts := public.add_erasure_counts(erasure, step -> 'counts');
        taken := taken + (step ->> 'moved')::integer;
      end if;
      looked := looked + 1;
    end loop;
  end if;
  if not (step ->> 'finished')::boolean or unfinished then
    for n in 1 .. cardinality(records) by 500 loop
      insert into public.webhook_jobs as j (kind, params)
      values ('erase', jsonb_build_object('records', to_jsonb(records[n : n + 499]), 'before', erasure))
      returning j.* into job;
    end loop;
  end if;
  return json_build_object('events', counts -> 'events', 'deliveries', counts -> 'deliveries', 'ended', counts -> 'ended',
    'attempts', counts -> 'attempts', 'requests', counts -> 'requests', 'job', case when job.id is not null then to_jsonb(job) - 'params' end);
end
$$;
comment on function public.erase_records is
  'What erase_webhook_record does once it knows that the caller may, for any number of records: some 200 events at once, the rest as jobs.';

create function public.erase_webhook_record(record_id text) returns json
language plpgsql security definer -- people may not write events
set search_path = ''
as $$
declare
  given constant text := btrim(record_id);
begin
  if auth.uid() is not null and not public.is_webhook_admin() then
    raise exception 'forbidden' using errcode = '42501';
  end if;
  if char_length(given) between 1 and 200 is not true then
    raise exception 'validation_failed' using errcode = '22023', hint = 'record_id is the id of a record, 1 to 200 characters.';
  end if;
  return public.erase_records(case
    when given ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' and given <> lower(given) then array[given, lower(given)]
    else array[given] end);
end
$$;
comment on function public.erase_webhook_record is
  'Erases what is kept of a record: of its events, of those that have it as lead_id, and of the records that these are about. Answers { events, deliveries, ended, attempts, requests, job }: what was erased now, and the job that does the rest, null where there is none. Again: zeros.';

create function public.erase_as_indexed(event_ids uuid[]) returns void
language plpgsql security invoker
set search_path = ''
as $$
declare
  lost text[];
  erasure uuid;
  since uuid;
begin
  if not exists (select from public.webhook_audit_log a where a.id > (select min(e::text)::uuid from unnest(event_ids) as e) and a.record_digest is not null) then
    return;
  end if;
  select array_agg(distinct r.id), (array_agg(a.id order by a.id desc))[1], (array_agg(e.id order by e.id))[1] into lost, erasure, since
  from public.webhook_events e
  cross join lateral (
    values (public.webhook_payload_text(e.payload, 'id')), (public.webhook_payload_text(e.payload, 'lead_id'))) as r (id)
  join public.webhook_audit_log a on a.record_digest = public.webhook_record_digest(r.id) and a.id > e.id
  where e.id = any (event_ids) and e.erased_at is null;
  if lost is not null then
    insert into public.webhook_jobs (kind, params) values ('erase', jsonb_build_object('records', to_jsonb(lost), 'before', erasure, 'from', since));
  end if;
end
$$;
comment on function public.erase_as_indexed is
  'Events that come to the index after their record was erased, such as those of a transaction that took long: a job erases them too.';

revoke execute on function public.erase_webhook_events, public.webhook_record_query, public.find_record_events,
  public.find_recent_record_events, public.belonging_records, public.webhook_events_within, public.run_erasure_step,
  public.note_erased_records, public.add_erasure_counts, public.erase_records, public.erase_webhook_record, public.erase_as_indexed
from public, anon, authenticated, service_role;
grant execute on function public.erase_webhook_events, public.webhook_record_query, public.find_record_events,
  public.belonging_records, public.webhook_events_within, public.run_erasure_step, public.note_erased_records,
  public.add_erasure_counts, public.erase_as_indexed
to service_role;
grant execute on function public.erase_webhook_record
to authenticated, service_role;
