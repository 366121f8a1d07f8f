-- What people may call takes bounded arguments: no call costs more than a page of the console could ask for. Refused with
-- validation_failed, and a hint that names the bound.

create or replace function public.webhook_uuid_v7_floor(at timestamptz) returns uuid
language sql immutable parallel safe strict
set search_path = ''
as $$
  -- Before 1970 and beyond 48 bits of milliseconds lie no ids: the first and the last moment stand for them.
  select (encode(substring(int8send(greatest(0, least(281474976710655, floor(extract(epoch from at) * 1000)))::int8) from 3), 'hex')
    || '70000000000000000000')::uuid
$$;

create or replace function public.list_webhook_activity(webhook_ids uuid[])
returns table (webhook_id uuid, waiting integer, last_delivery_at timestamptz, last_24h json, health json)
language plpgsql stable security invoker
set search_path = ''
as $$
#variable_conflict use_column
begin
  if cardinality(webhook_ids) > 1000 then
    raise exception 'validation_failed' using errcode = '22023', hint = 'At most 1,000 ids in one call.';
  end if;
  return query
  select asked.id,
    (select count(*)::integer from (
      select 1 from public.webhook_queue q where q.webhook_id = asked.id limit 1000) as capped),
    greatest(
      (select h.created_at from public.webhook_history h where h.webhook_id = asked.id order by h.id desc limit 1),
      (select max(q.created_at) from (
        select q.created_at from public.webhook_queue q where q.webhook_id = asked.id limit 1000) as q)),
    (select coalesce(json_agg(json_build_object('hour', s.hour, 'succeeded', s.succeeded, 'failed', s.failed, 'retried', s.retried)
        order by s.hour), '[]')
      from public.webhook_stats_hourly s
      where s.webhook_id = asked.id and s.hour > now() - interval '24 hours'),
    (select json_build_object('failing_since', x.failing_since, 'failures', x.failures, 'paused_until', x.paused_until,
        'held_until', x.held_until, 'held_status', x.held_status)
      from public.webhook_receiver_health x where x.webhook_id = asked.id)
  from unnest(webhook_ids) as asked (id);
end
$$;

create or replace function public.webhook_statistics(
  step interval, periods integer, time_zone text default 'UTC', target uuid default null, until timestamptz default now()
)
returns table (
  since timestamptz, succeeded bigint, failed bigint, retried bigint,
  errors_4xx bigint, errors_5xx bigint, errors_timeout bigint, errors_network bigint, errors_transform bigint,
  latency_histogram bigint[]
)
language plpgsql stable security invoker
set search_path = ''
set plan_cache_mode = force_custom_plan -- of one webhook or of all: not one plan for both
as $$
#variable_conflict use_column
begin
  if periods between 1 and 400 is not true then
    raise exception 'validation_failed' using errcode = '22023', hint = 'periods is 1 to 400.';
  end if;
  if step between interval '1 hour' and interval '7 days' is not true then
    raise exception 'validation_failed' using errcode = '22023', hint = 'step is an hour to 7 days.';
  end if;
  if until between '2000-01-01T00:00:00Z' and '9999-12-31T00:00:00Z' is not true then
    raise exception 'validation_failed' using errcode = '22023', hint = 'until is a moment after 2000.';
  end if;
  return query
  with bound as (
    select date_bin(step, until at time zone time_zone, timestamp '2000-01-01') as last
  ), period as (
    select b.last - step * n as local_start from bound b, generate_series(0, periods - 1) as n
  ), hour as (
    select date_bin(step, s.hour at time zone time_zone, timestamp '2000-01-01') as local_start, s.*
    from public.webhook_stats_hourly s
    where s.hour >= (select min(p.local_start) from period p) at time zone time_zone
      and (target is null or s.webhook_id = target)
  ), counted as (
    select h.local_start, sum(h.succeeded) as succeeded, sum(h.failed) as failed, sum(h.retried) as retried,
      sum(h.errors_4xx) as errors_4xx, sum(h.errors_5xx) as errors_5xx, sum(h.errors_timeout) as errors_timeout,
      sum(h.errors_network) as errors_network, sum(h.errors_transform) as errors_transform
    from hour h group by 1
  ), latency as (
    select sums.local_start, array_agg(sums.attempts order by sums.n) as histogram
    from (
      select h.local_start, bucket.n, sum(bucket.attempts) as attempts
      from hour h cross join unnest(h.latency_histogram) with ordinality as bucket (attempts, n)
      group by 1, 2
    ) as sums
    group by 1
  )
  select p.local_start at time zone time_zone, coalesce(c.succeeded, 0), coalesce(c.failed, 0), coalesce(c.retried, 0),
    coalesce(c.errors_4xx, 0), coalesce(c.errors_5xx, 0), coalesce(c.errors_timeout, 0),
    coalesce(c.errors_network, 0), coalesce(c.errors_transform, 0),
    coalesce(l.histogram, array_fill(0::bigint, array[16]))
  from period p left join counted c using (local_start) left join latency l using (local_start)
  order by p.local_start;
end
$$;

create or replace function public.search_webhook_deliveries(
  words text[], most integer, before_id uuid default null, target uuid default null, statuses text[] default null,
  type text default null, since_id uuid default null, until_id uuid default null
) returns json
language plpgsql stable security invoker -- the policies decide what the caller sees
set search_path = ''
as $$
declare
  -- Both ways to write an accented letter in Unicode, as it may be stored either way.
  composed constant text[] := array(select lower(normalize(w, NFC)) from unnest(words) as w where w <> '');
  decomposed constant text[] := array(select lower(normalize(w, NFD)) from unnest(words) as w where w <> '');
  uuid_pattern constant text := '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$';
  narrowed constant text := concat(
    case when before_id is not null then ' and d.id < $2' end,
    case when target is not null then ' and d.webhook_id = $3' end,
    case when statuses is not null then ' and d.status = any ($4)' end,
    case when type is not null then ' and d.event_type = $5' end,
    case when since_id is not null then ' and d.id >= $6' end,
    case when until_id is not null then ' and d.id < $7' end);
  every_word text := '';
  found json;
begin
  if most between 1 and 1000 is not true then
    raise exception 'validation_failed' using errcode = '22023', hint = 'most is 1 to 1,000.';
  end if;
  if cardinality(words) > 100 or exists (select from unnest(words) as w where char_length(w) > 200) or cardinality(statuses) > 10 then
    raise exception 'validation_failed' using errcode = '22023', hint = 'At most 100 words of 200 characters, and 10 statuses.';
  end if;
  -- Text of fixed pieces; every value is a parameter. Planned for these values and no others.
  if cardinality(composed) = 1 and composed[1] ~ uuid_pattern then
    execute 'select json_agg(to_jsonb(d) - ''payload_text'') from public.webhook_deliveries d where d.id = $1' || narrowed
    into found
    using composed[1]::uuid, before_id, target, statuses, type, since_id, until_id;
    if found is not null then
      return found;
    end if;
  end if;
  for i in 1 .. cardinality(composed) loop
    every_word := every_word || concat(
      format(' and (strpos(readable.payload, $1[%s]) > 0', i),
      case when decomposed[i] <> composed[i] then format(' or strpos(readable.payload, $8[%s]) > 0', i) end,
      case when composed[i] ~ uuid_pattern then format(' or d.id = $1[%s]::uuid or d.event_id = $1[%1$s]::uuid', i) end,
      ')');
  end loop;
  execute 'select json_agg(to_jsonb(d) - ''payload_text'') from (
      select d.* from public.webhook_deliveries d
      cross join lateral (select lower(case when strpos(d.payload_text, ''\'') = 0 then d.payload_text
        else public.webhook_readable_json(d.payload_text) end) as payload offset 0) as readable
      where true' || every_word || narrowed || '
      order by d.id desc limit $9) as d'
  into found
  using composed, before_id, target, statuses, type, since_id, until_id, decomposed, most;
  return coalesce(found, '[]');
end
$$;

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

  with asked as materialized (
    select distinct id from unnest(delivery_ids) as id
  ), allowed as materialized (
    select a.id, d.webhook_id, w.status = 'active' or d.is_test as active
    from asked a
    cross join lateral (
      select q.webhook_id, q.is_test from public.webhook_queue q where q.id = a.id
      union all
      select h.webhook_id, h.is_test from public.webhook_history h where h.id = a.id) d
    join public.webhooks w on w.id = d.webhook_id and w.deleted_at is null
  ), probed as (
    -- Somebody who asks for a delivery is worth a probe of a receiver that is being spared.
    update public.webhook_health h set paused_until = now()
    where h.paused_until > now() and h.webhook_id in (select a.webhook_id from allowed a where a.active)
  ), free as materialized (
    select q.id from public.webhook_queue q
    where q.id = any (array(select a.id from allowed a where a.active)) and (q.locked_until is null or q.locked_until < now())
    for update of q skip locked
  ), advanced as (
    update public.webhook_queue q set due_at = now()
    where q.id = any (array(select f.id from free f))
    returning q.id
  ), reopened as (
    delete from public.webhook_history h where h.id = any (array(select a.id from allowed a where a.active))
    returning h.*
  ), queued as (
    insert into public.webhook_queue (id, webhook_id, event_id, event_type, is_test, attempt_count, fence, payload_bytes,
      last_status_code, last_error_kind, last_error, last_duration_ms, created_at)
    select r.id, r.webhook_id, r.event_id, r.event_type, r.is_test, r.attempt_count, r.fence + 1,
      coalesce((select octet_length(e.payload::text) from public.webhook_events e where e.id = r.event_id), 0),
      r.last_status_code, r.last_error_kind, r.last_error, r.last_duration_ms, r.created_at
    from reopened r
    returning id
  )
  select coalesce(json_agg(json_build_object('id', a.id, 'result', case
      when l.id is null then 'not_found'
      when not l.active then 'webhook_inactive'
      when a.id in (select id from advanced union all select id from queued) then 'queued'
      else 'in_flight' end)), '[]')
  into answer
  from asked a left join allowed l on l.id = a.id;
  return answer;
end
$$;

create or replace function public.rotate_webhook_secret(webhook_id uuid, secret text, overlap interval default '24 hours') returns void
language plpgsql security definer -- nobody may write webhook_secrets
set search_path = ''
as $$
begin
  if auth.uid() is not null and not public.is_webhook_admin() then
    raise exception 'forbidden' using errcode = '42501';
  end if;
  if overlap between interval '0' and interval '7 days' is not true then
    raise exception 'validation_failed' using errcode = '22023', hint = 'overlap is 0 to 7 days.';
  end if;
  if secret = 'signing_secret' then
    update public.webhook_secrets s set
      previous_signing_secret = s.signing_secret, previous_expires_at = now() + overlap,
      signing_secret = 'whsec_' || encode(public.webhook_random_secret(), 'base64')
    where s.webhook_id = rotate_webhook_secret.webhook_id;
  elsif secret = 'secret_key' then
    update public.webhook_secrets s set secret_key = encode(public.webhook_random_secret(), 'hex')
    where s.webhook_id = rotate_webhook_secret.webhook_id;
  else
    raise exception 'unknown_secret' using errcode = '22023', hint = 'signing_secret or secret_key';
  end if;
  if not found then
    raise exception 'webhook_not_found' using errcode = '22023';
  end if;
  insert into public.webhook_audit_log (webhook_id, action) values (webhook_id, 'secret_rotated');
end
$$;

create or replace function public.emit_webhook_events(events json) returns json
language plpgsql security definer -- called from other tables' triggers, by people who may not write the queue
set search_path = ''
as $$
begin
  if auth.uid() is not null and not public.is_webhook_member() then
    raise exception 'forbidden' using errcode = '42501', hint = 'The user needs a row in webhook_roles.';
  end if;
  if json_typeof(events) = 'string' then
    begin
      events := (events #>> '{}')::json;
    exception
      when statement_too_complex then -- the parser's own limit, at some thousands of levels
        raise exception 'payload_too_deep' using errcode = '22023',
          hint = 'The payload must not be nested more than 200 levels deep.';
      when untranslatable_character or invalid_text_representation then
        raise exception 'payload_not_json' using errcode = '22023', hint = 'The text given as events must be a JSON array.';
    end;
  end if;
  if auth.uid() is not null and json_array_length(events) > 1000 then
    raise exception 'validation_failed' using errcode = '22023', hint = 'At most 1,000 events in one call.';
  end if;
  return public.store_webhook_events(events, false);
end
$$;

create or replace function public.upload_crm_file(nom text, type_mime text, lead_id uuid, content_base64 text) returns json
language plpgsql security invoker
set search_path = ''
as $$
declare
  content bytea;
  stored json;
begin
  -- Base64 of 1 MiB, with room for its line breaks.
  if octet_length(content_base64) > 1500000 then
    raise exception 'request_too_large' using errcode = '22023', hint = 'A file has at most 1 MiB.';
  end if;
  content := decode(content_base64, 'base64');
  insert into public.crm_files as f (nom, type_mime, lead_id, taille, contenu)
  values (upload_crm_file.nom, upload_crm_file.type_mime, upload_crm_file.lead_id, octet_length(content), content)
  returning json_build_object('id', f.id, 'lead_id', f.lead_id, 'nom', f.nom, 'type_mime', f.type_mime,
    'taille', f.taille, 'created_at', f.created_at) into stored;
  return json_build_object('file', stored, 'event', current_setting('devlink.crm_file_event')::json);
end
$$;