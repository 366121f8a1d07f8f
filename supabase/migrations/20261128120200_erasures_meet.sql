-- What an erasure meets: the index of words, jobs, redelivery, the playground, and the deletion of rows.

create or replace function public.index_webhook_events(max_rows integer) returns integer
language plpgsql security invoker
set search_path = ''
-- A plan is kept for as long as its connection lives, and was made when there was little to index.
set enable_hashjoin = off
set enable_mergejoin = off
set enable_seqscan = off
as $$
declare
  batch constant integer := least(max_rows, 1000); -- some 100 µs each
  newest constant uuid := (select w.event_id from public.webhook_event_words w order by w.event_id desc limit 1);
  oldest constant uuid := (select w.event_id from public.webhook_event_words w order by w.event_id limit 1);
  -- A transaction may commit after events that are newer than its own.
  recent constant uuid := public.webhook_uuid_v7_floor(public.webhook_uuid_v7_time(newest) - interval '2 minutes');
  found uuid[];
begin
  -- An erasure finds an event in the index, or is found by it.
  if not pg_try_advisory_xact_lock(hashtextextended('webhook_event_words', 0)) then
    return 0;
  end if;
  found := array(
    select e.id from public.webhook_events e
    where (recent is null or e.id >= recent) and not exists (select from public.webhook_event_words w where w.event_id = e.id)
    order by e.id desc limit batch);
  if found = '{}' then
    found := array(select e.id from public.webhook_events e where e.id < oldest order by e.id desc limit batch);
  end if;
  insert into public.webhook_event_words (event_id, words)
  select e.id, public.webhook_event_words(e.payload, e.record_label) from public.webhook_events e where e.id = any (found)
  on conflict do nothing;
  perform public.erase_as_indexed(found);
  -- As many as may be: there is more.
  return case when cardinality(found) = batch then max_rows else cardinality(found) end;
end
$$;
comment on function public.index_webhook_events is
  'A chore: writes what search looks into for events that have nothing there: the last ones, then older and older ones, 1,000 at a time. Answers how many, and max_rows where there are more.';

create or replace function public.index_late_webhook_events(max_rows integer) returns integer
language plpgsql security invoker
set search_path = ''
as $$
declare
  oldest constant uuid := (select w.event_id from public.webhook_event_words w order by w.event_id limit 1);
  since constant uuid := greatest(oldest::text, public.webhook_uuid_v7_floor(now() - interval '26 hours')::text)::uuid;
  indexed uuid[];
begin
  if not pg_try_advisory_xact_lock(hashtextextended('webhook_event_words', 0)) then
    return 0;
  end if;
  with written as (
    insert into public.webhook_event_words (event_id, words)
    select e.id, public.webhook_event_words(e.payload, e.record_label)
    from (
      select x.id from public.webhook_events x
      where x.id >= since and not exists (select from public.webhook_event_words w where w.event_id >= since and w.event_id = x.id)
      limit least(max_rows, 1000)
    ) as late
    join public.webhook_events e on e.id = late.id
    on conflict do nothing
    returning event_id
  )
  select coalesce(array_agg(w.event_id), '{}') into indexed from written w;
  perform public.erase_as_indexed(indexed);
  return case when cardinality(indexed) = least(max_rows, 1000) then max_rows else cardinality(indexed) end;
end
$$;
comment on function public.index_late_webhook_events is
  'A chore: the same for events of the last day that committed later than index_webhook_events looks back.';

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
    select count(*) into counted from (
      select from public.webhooks w
      cross join lateral (
        select from public.webhook_history h
        where h.webhook_id = w.id
          and h.status = 'failed' and not h.is_test and h.last_error_kind is distinct from 'cancelled'
          and h.id >= public.webhook_uuid_v7_floor((job.params ->> 'since')::timestamptz)
          and h.id < coalesce(public.webhook_uuid_v7_floor((job.params ->> 'until')::timestamptz), 'ffffffff-ffff-ffff-ffff-ffffffffffff')
        limit most + 1
      ) as failure
      where w.status = 'active' and (job.webhook_id is null or w.id = job.webhook_id)
      limit most + 1
    ) as x;
  elsif job.kind <> 'erase' then
    select count(*) into counted from (
      select from public.webhook_queue q where q.webhook_id = job.webhook_id limit most + 1) as x;
  end if;
  return case when counted <= most then counted end;
end
$$;
comment on function public.count_job_deliveries is
  'How many deliveries a job has before it; null beyond 100,000: counting them all would take too long. Null for an erasure.';

create or replace function public.stop_webhook_job(job_id uuid) returns json
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

create or replace function public.redeliver_webhook_deliveries(delivery_ids uuid[]) returns json
language plpgsql security definer -- people may not write the queue
set search_path = ''
set enable_seqscan = off
set enable_bitmapscan = off
set enable_mergejoin = off
set enable_hashjoin = off
as $$
declare
  answer json;
begin
  if auth.uid() is not null and not public.is_webhook_admin() then
    raise exception 'forbidden' using errcode = '42501';
  end if;
  -- A step of a job names more of them than a person.
  if cardinality(delivery_ids) > (case when auth.uid() is null then 5000 else 1000 end) then
    raise exception 'validation_failed' using errcode = '22023', hint = 'At most 1,000 ids in one call; replay_failed_deliveries takes all of a time.';
  end if;

  -- An erasure waits for this, or this for it. Ids are looked up in their order; said, it would be a walk over all events.
  perform from public.webhook_events e where e.id = any (array(
    select h.event_id from public.webhook_history h where h.id = any (delivery_ids))) for key share;
  with asked as materialized (
    select distinct id from unnest(delivery_ids) as id
  ), allowed as materialized (
    select a.id, d.webhook_id, w.status = 'active' or d.is_test as active, d.event_type !~ '\.deleted$' and coalesce((
        select e.erased_at is not null from public.webhook_events e where e.id = d.event_id), false) as erased
    from asked a
    cross join lateral (
      select q.webhook_id, q.is_test, q.event_id, q.event_type from public.webhook_queue q where q.id = a.id
      union all
      select h.webhook_id, h.is_test, h.event_id, h.event_type from public.webhook_history h where h.id = a.id) d
    join public.webhooks w on w.id = d.webhook_id and w.deleted_at is null
  ), probed as (
    -- Somebody who asks for a delivery is worth a probe of a receiver that is being spared.
    update public.webhook_health h set paused_until = now()
    where h.paused_until > now() and h.webhook_id in (select a.webhook_id from allowed a where a.active and not a.erased)
  ), free as materialized (
    select q.id from public.webhook_queue q
    where q.id = any (array(select a.id from allowed a where a.active)) and (q.locked_until is null or q.locked_until < now())
    for update of q skip locked
  ), advanced as (
    update public.webhook_queue q set due_at = now()
    where q.id = any (array(select f.id from free f))
    returning q.id
  ), reopened as (
    delete from public.webhook_history h where h.id = any (array(select a.id from allowed a where a.active and not a.erased))
    returning h.*
  ), queued as (
    insert into public.webhook_queue (id, webhook_id, event_id, event_type, is_test, attempt_count, fence, payload_bytes,
      last_status_code, last_error_kind, last_error, last_duration_ms, created_at, merged, record_id, sequence, turn)
    select r.id, r.webhook_id, r.event_id, r.event_type, r.is_test, r.attempt_count, r.fence + 1,
      coalesce(e.payload_bytes, 0) * coalesce(cardinality(r.merged), 1),
      r.last_status_code, r.last_error_kind, r.last_error, r.last_duration_ms, r.created_at, r.merged,
      e.record_id, case when e.record_id is not null then e.sequence end, case when e.record_id is not null and w.ordered then 0 end
    from reopened r
    cross join lateral (
      select x.ordered, x.ordered or x.stale_retries = 'skip' as by_record from public.webhooks x where x.id = r.webhook_id
      offset 0 -- looked up, not joined
    ) as w
    left join lateral (
      select octet_length(x.payload::text) as payload_bytes, x.sequence,
        case when w.by_record and x.sequence is not null then public.webhook_record_key(x.payload ->> 'id') end as record_id
      from public.webhook_events x where x.id = r.event_id
      offset 0
    ) as e on true
    returning id
  )
  -- Looked up, not joined: without hash and merge joins that would compare each with each.
  select coalesce(json_agg(json_build_object('id', a.id, 'result', case
      when a.id in (select id from advanced union all select id from queued) then 'queued'
      when a.id in (select l.id from allowed l where l.erased) then 'erased'
      when a.id in (select l.id from allowed l where l.active) then 'in_flight'
      when a.id in (select l.id from allowed l) then 'webhook_inactive'
      else 'not_found' end)), '[]')
  into answer
  from asked a;
  return answer;
end
$$;
comment on function public.redeliver_webhook_deliveries is
  'Makes deliveries due now, under the same ids: waiting ones at once, final ones from the start with all their retries. Answers [{ id, result }] with queued, erased (there is nothing left to send), in_flight, webhook_inactive or not_found.';

create function public.before_playground_request_insert() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
  erased timestamptz;
begin
  if new.delivery_id ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
    select e.erased_at into erased from public.webhook_events e
    where e.id = (
      select q.event_id from public.webhook_queue q where q.id = new.delivery_id::uuid
      union all
      select h.event_id from public.webhook_history h where h.id = new.delivery_id::uuid
      limit 1)
    for key share; -- an erasure that is under way waits for this, or this for it
    if erased is not null and strpos(new.body, '"erased"') = 0 then
      new.body := '';
    end if;
  end if;
  return new;
end
$$;
comment on function public.before_playground_request_insert is
  'Keeps no body of what was under way when its record was erased.';

revoke execute on function public.before_playground_request_insert
from public, anon, authenticated, service_role;
create trigger before_playground_request_insert before insert on public.playground_requests
  for each row execute function public.before_playground_request_insert();

create or replace function public.tell_row_changes() returns trigger
language plpgsql security definer -- people may not emit as rows do
set search_path = ''
set timezone = 'UTC'
set jit = off
as $$
declare
  query text;
  batches json[];
  batch json;
  longest integer;
  told json;
  said text;
  key text;
  records text[];
begin
  begin
    query := public.webhook_source_statement(tg_relid, tg_op);
    if query is not null then
      execute query into batches, longest;
    end if;
  exception
    when transaction_rollback or insufficient_resources or operator_intervention or system_error or lock_not_available then
      raise; -- of the transaction's own, or of the server's
    when others then
      -- Nobody is kept from writing a row by what somebody changed about its table.
      get stacked diagnostics said = message_text;
  end;
  if said is not null then
    raise warning 'Changes of % were not told: %', tg_relid::regclass, said;
    begin
      update public.webhook_sources s set failed_at = now(), error = said
      where s.relation = (
        select x.relation from public.webhook_sources x
        where x.relation = tg_relid and (x.error is distinct from said or x.failed_at < now() - interval '1 minute')
        for update skip locked);
    exception when serialization_failure then
      null; -- somebody else has noted it since this transaction began
    end;
  end if;
  foreach batch in array coalesce(batches, '{}') loop
    if longest > 262144 then
      batch := public.webhook_short_events(batch);
    end if;
    told := public.store_webhook_events(batch, true);
  end loop;
  if tg_op = 'DELETE' and exists (select from public.webhook_sources s where s.relation = tg_relid and s.erases) then
    select format(k.plain, 'o') into key from public.webhook_source_key(tg_relid) k;
    if key is not null then
      execute format('select array_agg(distinct left(btrim(to_json(%s) #>> ''{}''), 200)) from old_rows o', key) into records;
    end if;
    if records is not null then
      perform public.erase_records(records);
    end if;
  end if;
  -- A trigger answers nothing: upload_crm_file and delete_crm_file read what was told from here, within the transaction.
  perform set_config('devlink.row_event', coalesce((told -> -1)::text, ''), true);
  return null;
end
$$;
comment on function public.tell_row_changes is
  'Commits the events of a statement with its rows. What cannot be made into events goes untold, and the log and the chore watch_sources say so; what cannot be stored takes the statement back. Where the source says so, the deletion of a row erases its record.';

drop function public.attach_webhook_source(regclass, text, text[], text[], json, boolean);
create function public.attach_webhook_source(relation regclass, kind text, label text[] default '{}', ignore text[] default '{}',
  rules json default null, iso_times boolean default false, erases boolean default false) returns text[]
language plpgsql security invoker
set search_path = ''
as $$
declare
  key text;
  every text[]; -- the table's columns
  fault text;
  hint text;
  rule record;
  told text[] := '{}';
begin
  select array_agg(a.attname::text) into every from pg_catalog.pg_attribute a
  where a.attrelid = relation and a.attnum > 0 and not a.attisdropped;
  select k.name into key from public.webhook_source_key(relation) k;
  rules := coalesce(rules, '[{"event": "created", "on": "insert"}, {"event": "updated", "on": "update"}, {"event": "deleted", "on": "delete"}]');
  select case
      when relation is null then 'source_unknown'
      when c.relkind in ('v', 'm') then 'source_is_view'
      when c.relkind not in ('r', 'p') or c.relpersistence = 't' or c.relispartition then 'source_is_no_table'
      when c.relnamespace = 'webhook_partitions'::regnamespace
        or c.relnamespace = 'public'::regnamespace and c.relname ~ '^(webhook|playground)s?(_|$)' then 'source_is_ours'
      when key is null then 'source_without_key'
      when kind is null or kind = 'webhook' or not public.webhook_event_name_is_valid(kind || '.x') then 'kind_invalid'
      when exists (select from public.webhook_sources s join pg_catalog.pg_class x on x.oid = s.relation
        where s.kind = attach_webhook_source.kind and s.relation <> attach_webhook_source.relation) then 'kind_taken'
      when not coalesce(label, '{}') <@ every or not coalesce(ignore, '{}') <@ every then 'column_unknown'
      when key = any (ignore) then 'key_ignored'
    end into fault
  from (select) as one left join pg_catalog.pg_class c on c.oid = relation;
  if fault is not null then
    raise exception '%', fault using errcode = '22023', hint = case fault
      when 'source_unknown' then 'Name a table, such as public.clients.'
      when 'source_is_view' then format('%s is a view: attach the tables that it reads.', relation)
      when 'source_is_no_table' then format('%s cannot be attached: an ordinary or a partitioned table can, not its partitions, foreign or temporary tables.', relation)
      when 'source_is_ours' then format('%s belongs to the webhooks themselves.', relation)
      when 'source_without_key' then format('%s needs a primary key of one column: its value is the id of the events.', relation)
      when 'kind_invalid' then 'A kind is a name such as client or order_line: small letters, digits, underscores. webhook is the system''s own.'
      when 'kind_taken' then format('Another table tells its changes as %s: detach it, or choose another kind.', kind)
      when 'key_ignored' then 'The primary key goes out with each event: it cannot be ignored.'
      else format('%s has no column %s.', relation, (
        select string_agg(quote_ident(n), ', ') from unnest(coalesce(label, '{}') || coalesce(ignore, '{}')) n where n <> all (every))) end;
  end if;

  -- Tables that were dropped meanwhile.
  delete from public.webhook_sources s where not exists (select from pg_catalog.pg_class c where c.oid = s.relation);
  insert into public.webhook_sources as s (relation, kind, label, ignore, iso_times, erases)
  values (relation, kind, coalesce(label, '{}'), coalesce(ignore, '{}'), iso_times, erases)
  on conflict on constraint webhook_sources_pkey do update
    set kind = excluded.kind, label = excluded.label, ignore = excluded.ignore, iso_times = excluded.iso_times,
      erases = excluded.erases, failed_at = null, error = null;
  delete from public.webhook_source_rules r where r.relation = attach_webhook_source.relation;
  update public.webhook_event_types t set source = null where t.source = attach_webhook_source.relation;

  for rule in
    select r.*, format('%s.%s', kind, r.event) as event_type, r.n,
      (select string_agg(quote_ident(c), ', ') from (
        select unnest(r.columns) union all select r.changed union all
        select substr(f.value, 5) from json_each_text(r.fields) f where f.value <> 'now') as c (c) where c <> all (every)) as unknown
    from rows from (json_to_recordset(rules) as (event text, "on" text, columns text[], changed text, changed_to text, fields json, instead boolean))
      with ordinality as r (event, operation, columns, changed, changed_to, fields, instead, n)
    order by r.n
  loop
    if rule.event is null or not public.webhook_event_name_is_valid(rule.event_type) then
      raise exception 'event_invalid' using errcode = '22023', hint = 'An event of a rule is a verb such as created: small letters, digits, underscores.';
    elsif exists (select from json_each_text(rule.fields) f where f.value <> 'now' and f.value !~ '^(old|new)\.') then
      raise exception 'field_invalid' using errcode = '22023', hint = 'A field is "old." or "new." with the name of a column, or "now".';
    elsif rule.unknown is not null then
      raise exception 'column_unknown' using errcode = '22023', hint = format('%s has no column %s.', relation, rule.unknown);
    end if;
    insert into public.webhook_event_types as t (name, labels, descriptions, sample, label_paths, source)
    values (rule.event_type, json_build_object('fr', rule.event_type, 'en', rule.event_type), json_build_object(
        'fr', format(case rule.operation when 'insert' then 'Une ligne de %s est ajoutée.' when 'delete' then 'Une ligne de %s est supprimée.'
          else 'Une ligne de %s est modifiée.' end, relation),
        'en', format(case rule.operation when 'insert' then 'A row of %s is added.' when 'delete' then 'A row of %s is deleted.'
          else 'A row of %s is changed.' end, relation)),
      '{"id": "1"}', case when rule.operation = 'update' then '{}' else coalesce(label, '{}') end, relation)
    on conflict on constraint webhook_event_types_pkey do update set source = excluded.source,
      label_paths = coalesce(nullif(excluded.label_paths, '{}'), t.label_paths);
    insert into public.webhook_source_rules (relation, place, event_type, operation, columns, changed, changed_to, fields, instead)
    values (relation, rule.n, rule.event_type, rule.operation, rule.columns, rule.changed, rule.changed_to, rule.fields, coalesce(rule.instead, false));
    told := told || rule.event_type;
  end loop;

  perform public.detach_source_triggers(relation);
  for rule in
    select r.operation from public.webhook_source_rules r where r.relation = attach_webhook_source.relation
    union
    select 'delete' where erases
  loop
    execute format('create trigger %I after %s on %s referencing %s for each statement execute function public.tell_row_changes()',
      'tell_row_changes_' || rule.operation, rule.operation, relation, case rule.operation when 'insert' then 'new table as new_rows'
      when 'delete' then 'old table as old_rows' else 'old table as old_rows new table as new_rows' end);
  end loop;
  return told;
end
$$;
comment on function public.attach_webhook_source is
  'From now on a table tells its own changes as <kind>.created, .updated, .deleted, or as rules say: [{event, on, columns, changed, changed_to, fields, instead}]. erases: the deletion of a row erases its record. Attached again, it has the new settings. Registers the event types, and answers them. Refuses with source_unknown, source_is_view, source_is_no_table, source_is_ours, source_without_key, kind_invalid, kind_taken, column_unknown, key_ignored, event_invalid, field_invalid.';
revoke execute on function public.attach_webhook_source
from public, anon, authenticated, service_role;
