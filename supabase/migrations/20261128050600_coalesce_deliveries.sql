-- Coalescing: changes of a record that come soon after one another are one delivery.

alter table public.webhooks add column coalesce_seconds integer not null default 0 check (coalesce_seconds between 0 and 300);
comment on column public.webhooks.coalesce_seconds is
  'Changes of a record within so many seconds become one delivery; at most five times as long after the first. 0: each has its own.';
grant insert (coalesce_seconds), update (coalesce_seconds) on public.webhooks to authenticated;
create index webhooks_coalescing on public.webhooks (id) where coalesce_seconds > 0;
alter table public.webhook_queue add column merged uuid[];
comment on column public.webhook_queue.merged is
  'The events that this delivery brings as one, oldest first; null where it brings one. event_id is the last of them.';
alter table public.webhook_history add column merged uuid[];
comment on column public.webhook_history.merged is
  'As in webhook_queue.';

create function public.coalesce_webhook_deliveries(event_ids uuid[]) returns void
language plpgsql security invoker -- called by store_webhook_events, as its owner
set search_path = ''
set enable_seqscan = off
set enable_bitmapscan = off
as $$
declare
  most_bytes constant integer := 262144; -- as one event may have
  most_events constant integer := 500;
  newer record;
  waiting public.webhook_queue;
begin
  for newer in
    select q.id, q.webhook_id, q.record_id, q.event_type, q.event_id, q.sequence, q.payload_bytes,
      w.ordered, make_interval(secs => w.coalesce_seconds) as span
    from unnest(event_ids) as i (id)
    join public.webhook_events e on e.id = i.id and right(e.event_type, 8) = '.updated'
    cross join public.webhooks w
    join public.webhook_queue q on q.webhook_id = w.id and q.record_id = public.webhook_record_key(e.payload ->> 'id')
      and q.sequence = e.sequence and q.event_id = e.id
    where w.coalesce_seconds > 0 and w.status = 'active'
    order by q.sequence
  loop
    select q.* into waiting from public.webhook_queue q
    where q.webhook_id = newer.webhook_id and q.record_id = newer.record_id and q.event_type = newer.event_type
      and q.sequence < newer.sequence
      -- Nobody has begun with it, not even somebody who was lost.
      and q.fence = 0
      and q.payload_bytes + newer.payload_bytes <= most_bytes and coalesce(cardinality(q.merged), 1) < most_events
      -- In order, not past what happened in between.
      and not (newer.ordered and exists (
        select from public.webhook_queue x
        where x.webhook_id = newer.webhook_id and x.record_id = newer.record_id
          and x.sequence > q.sequence and x.sequence < newer.sequence))
    order by q.sequence desc limit 1
    for no key update of q skip locked;
    continue when not found;
    update public.webhook_queue q set
      merged = coalesce(q.merged, array[q.event_id]) || newer.event_id, event_id = newer.event_id, sequence = newer.sequence,
      payload_bytes = q.payload_bytes + newer.payload_bytes,
      due_at = least(now() + newer.span, q.created_at + 5 * newer.span)
    where q.id = waiting.id;
    delete from public.webhook_queue q where q.id = newer.id;
  end loop;
end
$$;
comment on function public.coalesce_webhook_deliveries is
  'Makes the deliveries of these new events part of those of the same record and type that still wait, for webhooks that have it so. What is being sent, or locked by somebody, is left alone.';

create function public.webhook_merged_payload(event_ids uuid[]) returns text
language sql stable security invoker
set search_path = ''
as $$
  with event as materialized (
    select i.n, e.payload, json_typeof(e.payload -> 'changes') = 'object' as has_changes,
      json_typeof(e.payload -> 'previous') = 'object' as has_previous
    from unnest(event_ids) with ordinality as i (id, n)
    join public.webhook_events e on e.id = i.id
  ), changed as (
    select distinct on (c.key) c.key, c.value
    from event e cross join json_each(case when e.has_changes then e.payload -> 'changes' else '{}' end) as c
    order by c.key, e.n desc
  ), before as (
    select distinct on (c.key) c.key, c.value
    from event e cross join json_each(case when e.has_previous then e.payload -> 'previous' else '{}' end) as c
    order by c.key, e.n
  ), difference as (
    -- What was changed and changed back is no change.
    select c.key, c.value, b.value as previous
    from changed c left join before b on b.key = c.key
    where b.value is null or (b.value::text <> c.value::text and public.webhook_jsonb(b.value) is distinct from public.webhook_jsonb(c.value))
  )
  select json_object_agg(f.key, case
      when f.key = 'changes' and l.has_changes then (select coalesce(json_object_agg(d.key, d.value order by d.key), '{}') from difference d)
      when f.key = 'previous' and l.has_previous then (
        select coalesce(json_object_agg(d.key, d.previous order by d.key) filter (where d.previous is not null), '{}') from difference d)
      else f.value end)::text
  from (select e.* from event e order by e.n desc limit 1) as l
  cross join json_each(l.payload) as f
$$;
comment on function public.webhook_merged_payload is
  'One payload of several updates of a record, oldest first: the last one, with all their changes, each field''s last value and its first previous one. Null where none of them is there any more.';

revoke execute on function public.coalesce_webhook_deliveries, public.webhook_merged_payload
from public, anon, authenticated, service_role;
grant execute on function public.webhook_merged_payload
to authenticated, service_role;

create or replace function public.store_webhook_events(events json, of_rows boolean) returns json
language plpgsql security invoker -- called by functions that have asked for the caller's right, as their owner
set search_path = ''
-- The plan hardly depends on the events, and to make it costs as much as to store one.
set plan_cache_mode = force_generic_plan
as $$
declare
  caller constant uuid := coalesce(auth.uid(), '00000000-0000-0000-0000-000000000000');
  types text[];
  payloads json[];
  keys text[];
  traces text[];
  origins text[];
  said_origin uuid; -- of all that say none themselves
  ids uuid[];
  stores boolean[]; -- which of them are new events
  fault text;
  claimed uuid[];
  own uuid;
  emitted json;
  coalesces boolean;
begin
  begin
    select array_agg(e.event_type), array_agg(e.payload), array_agg(nullif(e.idempotency_key, '')),
      array_agg(left(e.traceparent, 55)), array_agg(e.origin_webhook), array_agg(public.webhook_uuid_v7()), array_agg(nullif(e.idempotency_key, '') is null),
      (array_agg(e.fault) filter (where e.fault is not null))[1]
    into types, payloads, keys, traces, origins, ids, stores, fault
    from (
      select i.*, case
          when i.event_type is null or not i.event_type = any (public.webhook_event_types()) then 'unknown_event'
          when i.payload is null then 'payload_not_json'
          when octet_length(i.payload::text) > 262144 then 'payload_too_large'
          when octet_length(i.payload::text) > 401 and public.webhook_json_is_deep(i.payload) then 'payload_too_deep'
          when char_length(i.idempotency_key) > 255 then 'validation_failed'
        end as fault
      from rows from (json_to_recordset(events) as (event_type text, payload json, idempotency_key text, traceparent text, origin_webhook text))
        with ordinality as i (event_type, payload, idempotency_key, traceparent, origin_webhook, n)
      order by i.n
    ) as e;
  exception
    when statement_too_complex then -- the parser's own limit, at some thousands of levels
      fault := 'payload_too_deep';
    when untranslatable_character or invalid_text_representation then -- U+0000; half of a surrogate pair
      fault := 'payload_not_json';
  end;
  if fault is not null then
    raise exception '%', fault using errcode = '22023', hint = case fault
      when 'unknown_event' then 'See webhook_event_types() for the event types.'
      when 'payload_not_json' then 'The payload must be JSON other than null, without U+0000 and halves of surrogate pairs.'
      when 'payload_too_large' then 'The payload must be JSON of at most 262,144 bytes.'
      when 'payload_too_deep' then 'The payload must not be nested more than 200 levels deep.'
      else 'A key has 1 to 255 characters.' end;
  end if;
  if types is null then
    return '[]';
  end if;

  if false = any (stores) then
    -- In the order of keys, so that two batches never wait for each other. A key that lapsed is a new one.
    with asked as (
      select distinct on (i.key) i.key, i.id, public.webhook_event_digest(i.event_type, i.payload) as digest
      from unnest(keys, ids, types, payloads) with ordinality as i (key, id, event_type, payload, n)
      where i.key is not null
      order by i.key, i.n
    ), first as (
      insert into public.webhook_idempotency_keys as k (owner, key, event_id, digest)
      select caller, a.key, a.id, a.digest from asked a order by a.key
      on conflict (owner, key) do update
        set event_id = excluded.event_id, digest = excluded.digest, created_at = excluded.created_at
        where k.created_at < now() - interval '24 hours'
      returning k.event_id
    )
    select coalesce(array_agg(f.event_id), '{}') into claimed from first f;
    select array_agg(i.key is null or i.id = any (claimed) order by i.n) into stores
    from unnest(keys, ids) with ordinality as i (key, id, n);
  end if;

  -- Code that triggers what its row has told already is answered with the row's event.
  if not of_rows and exists (select from public.webhook_row_events r where r.event_type = any (types)) then
    for i in 1 .. cardinality(ids) loop
      continue when not stores[i] or payloads[i] ->> 'id' is null;
      delete from public.webhook_row_events r where r.event_id = (
        select x.event_id from public.webhook_row_events x
        where x.event_type = types[i] and x.record_id = payloads[i] ->> 'id'
          and x.event_id > public.webhook_uuid_v7_floor(now() - interval '1 minute')
        order by x.event_id desc limit 1 for update skip locked)
      returning r.event_id into own;
      continue when own is null;
      if keys[i] is not null then
        update public.webhook_idempotency_keys k set event_id = own where k.owner = caller and k.key = keys[i];
      end if;
      ids[i] := own;
      stores[i] := false;
    end loop;
  end if;

  if current_setting('devlink.origin', true) <> '' or strpos(current_setting('request.headers', true), '"x-devlink-origin"') > 0 then
    said_origin := public.webhook_origin(null);
  end if;
  with subscriber as materialized (
    select t.event_type, w.id as webhook_id, w.ordered, w.skip_own_changes,
      w.ordered or w.stale_retries = 'skip' or (w.coalesce_seconds > 0 and right(t.event_type, 8) = '.updated') as by_record,
      case when right(t.event_type, 8) = '.updated' then w.coalesce_seconds else 0 end as coalesce_seconds
    from (select distinct i.event_type from unnest(types, stores) as i (event_type, is_new) where i.is_new) t
    join public.webhooks w on w.status = 'active' and w.events @> array[t.event_type]
  ), accepted as materialized (
    select i.n, i.id, i.event_type, i.payload, i.traceparent, octet_length(i.payload::text) as payload_bytes,
      nextval('public.webhook_event_sequence') as sequence,
      case when i.event_type in (select s.event_type from subscriber s where s.by_record)
        then public.webhook_record_key(i.payload ->> 'id') end as record_id,
      coalesce(case when i.origin is not null then public.webhook_origin(i.origin) end, said_origin) as origin_webhook
    from unnest(ids, types, payloads, traces, origins, stores) with ordinality as i (id, event_type, payload, traceparent, origin, is_new, n)
    where i.is_new
  ), stored as (
    insert into public.webhook_events (id, event_type, payload, traceparent, sequence, origin_webhook, deliveries)
    select a.id, a.event_type, a.payload, a.traceparent, a.sequence, a.origin_webhook,
      (select count(*) from subscriber s where s.event_type = a.event_type
        and not (s.skip_own_changes and s.webhook_id is not distinct from a.origin_webhook))
    from accepted a
    returning id, deliveries
  ), queued as (
    insert into public.webhook_queue (webhook_id, event_id, event_type, payload_bytes, due_at, record_id, sequence, turn)
    select s.webhook_id, a.id, a.event_type, a.payload_bytes,
      case when s.coalesce_seconds > 0 and a.record_id is not null then now() + make_interval(secs => s.coalesce_seconds) else now() end,
      case when s.by_record then a.record_id end,
      case when s.by_record and a.record_id is not null then a.sequence end,
      case when s.ordered and a.record_id is not null then 0 end
    from accepted a join subscriber s on s.event_type = a.event_type
      and not (s.skip_own_changes and s.webhook_id is not distinct from a.origin_webhook)
  )
  select json_agg(json_build_object('event_id', s.id, 'deliveries', s.deliveries) order by a.n),
    exists (select from subscriber x where x.coalesce_seconds > 0)
  into emitted, coalesces
  from accepted a join stored s on s.id = a.id;
  if coalesces then
    perform public.coalesce_webhook_deliveries(ids);
  end if;

  if of_rows then
    insert into public.webhook_row_events (event_id, event_type, record_id)
    select i.id, i.event_type, i.payload ->> 'id'
    from unnest(ids, types, payloads) as i (id, event_type, payload)
    where i.payload ->> 'id' is not null;
  end if;
  if true = all (stores) then
    return emitted;
  end if;

  -- A statement of its own, so that it sees what another transaction committed while we waited for its key.
  perform from unnest(keys, types, payloads, ids, stores) as i (key, event_type, payload, id, is_new)
  join public.webhook_idempotency_keys k on k.owner = caller and k.key = i.key
  left join public.webhook_events e on e.id = k.event_id
  where not i.is_new
    and k.digest is distinct from public.webhook_event_digest(i.event_type, i.payload)
    -- The stored value has the last word: 1.0 and 1 are the same number, and old keys have no digest.
    and (e.event_type = i.event_type
      and (public.webhook_jsonb(e.payload) = public.webhook_jsonb(i.payload) or e.payload::text = i.payload::text)) is not true;
  if found then
    raise exception 'idempotency_key_reused' using errcode = '23505',
      hint = 'This caller used the key for another type or payload within the last 24 hours.';
  end if;
  select json_agg(json_build_object('event_id', e.id, 'deliveries', coalesce(w.deliveries, 0)) order by e.n) into emitted
  from (
    select i.n, coalesce(k.event_id, i.id) as id
    from unnest(ids, keys) with ordinality as i (id, key, n)
    left join public.webhook_idempotency_keys k on k.owner = caller and k.key = i.key
  ) as e
  left join public.webhook_events w on w.id = e.id;
  return emitted;
end
$$;

create or replace function public.webhook_delivery_batch(leased public.webhook_queue[]) returns json
language sql stable security invoker
set search_path = ''
as $$
  with item as materialized (select * from unnest(leased))
  select json_build_object(
    'webhooks', coalesce((
      select json_object_agg(w.id, json_build_object(
        'url', w.url, 'headers', w.headers, 'body_format', w.body_format, 'timeout_ms', w.timeout_ms,
        'transform_script', case when w.transform_enabled then w.transform_script end,
        'retry_enabled', w.retry_enabled, 'retry_refusals', w.retry_refusals,
        'max_retries', w.max_retries, 'retry_delay', w.retry_delay,
        'max_in_flight', w.max_in_flight, 'seed_signature_enabled', w.seed_signature_enabled,
        'secret_key', s.secret_key,
        'signing_secrets', case when s.previous_expires_at > now()
          then json_build_array(s.signing_secret, s.previous_signing_secret)
          else json_build_array(s.signing_secret) end))
      from public.webhooks w join public.webhook_secrets s on s.webhook_id = w.id
      where w.id in (select i.webhook_id from item i)), '{}'),
    'events', coalesce((
      select json_object_agg(e.id, json_build_object(
        -- As text: no depth and no number in it can spoil the answer for the others.
        'event_type', e.event_type, 'payload', e.payload::text, 'occurred_at', e.occurred_at, 'traceparent', e.traceparent,
        'sequence', e.sequence))
      from public.webhook_events e where e.id in (select i.event_id from item i)), '{}'),
    'items', coalesce((
      select json_agg(json_build_object(
        'id', i.id, 'fence', i.fence, 'webhook_id', i.webhook_id, 'event_id', i.event_id,
        'retry_count', i.retry_count, 'attempt_count', i.attempt_count, 'is_test', i.is_test,
        'lease_ms', (extract(epoch from i.locked_until - clock_timestamp()) * 1000)::integer))
      from item i), '[]'),
    'apart', (
      select json_object_agg(i.id, json_build_object(
        'payload', case when i.merged is not null then public.webhook_merged_payload(i.merged) end,
        'superseded_by', case when i.retry_count > 0 then (
          select s.delivery_id from public.webhook_record_states s join public.webhooks w on w.id = s.webhook_id
          where s.webhook_id = i.webhook_id and s.record_id = i.record_id and s.sequence > i.sequence and w.stale_retries = 'skip') end))
      from item i where i.record_id is not null and (i.merged is not null or i.retry_count > 0))
  )
$$;

create or replace function public.settle_webhook_deliveries(results json, patience_ms integer default 500) returns json
language plpgsql security invoker
set search_path = ''
-- As in claim_webhook_deliveries: deliveries are looked up by their ids, however many there were when the plan was made.
set enable_seqscan = off
set enable_bitmapscan = off
set enable_mergejoin = off
as $$
declare
  answer json;
  this_stripe constant smallint := 1 + extract(epoch from now() - date_trunc('hour', now()))::integer / 10; -- of webhook_stats_hourly
begin
  -- Two drains that count for one webhook wait for each other, for as long as an exchange takes. Whoever holds longer stops
  -- only its own: the caller writes the others again without it.
  perform set_config('lock_timeout', least(greatest(patience_ms, 50), 500) || 'ms', true);
  with result as materialized (
    -- Once each: a drain may hold two results of one delivery when it lost a lease to itself.
    select distinct on (r.id, r.fence) * from json_to_recordset(results) as r(
      id uuid, fence integer, status text, delay_ms bigint, keeps_retry boolean, hold_ms bigint, fault text,
      error_kind text, error_message text, started_at timestamptz, duration_ms integer,
      request_url text, request_headers json, request_body text, request_format text,
      response_status integer, response_headers json, response_body text, response_truncated boolean, console json)
  ), held as materialized (
    -- Whose lease still holds.
    select q.id, q.webhook_id, q.event_id, q.event_type, q.is_test, q.retry_count, q.attempt_count + 1 as attempt,
      q.fence, q.created_at, q.record_id, q.sequence, q.merged, r.status, r.delay_ms, coalesce(r.keeps_retry, false) as keeps_retry, r.hold_ms, r.fault,
      r.error_kind, r.error_message, r.started_at, r.duration_ms,
      r.request_url, r.request_headers, r.request_body, r.request_format,
      r.response_status, r.response_headers, r.response_body, coalesce(r.response_truncated, false) as response_truncated,
      r.console
    from result r join public.webhook_queue q on q.id = r.id and q.fence = r.fence
    -- Said twice, for the sake of the plan: joined to a list of ids, a table is read as a whole when it once was short.
    where q.id = any (array(select r.id from result r))
    for update of q skip locked
  ), tried as materialized (
    select h.* from held h where h.status <> 'released'
  ), waiting_again as (
    update public.webhook_queue q set
      retry_count = q.retry_count + case when h.status = 'retrying' and not h.keeps_retry then 1 else 0 end,
      attempt_count = q.attempt_count + case when h.status = 'retrying' then 1 else 0 end,
      fence = q.fence + 1, locked_until = null, worker = null,
      -- What its receiver asked to wait keeps its place: the whole webhook is held.
      due_at = case when h.keeps_retry then q.due_at else now() + coalesce(h.delay_ms, 0) * interval '1 millisecond' end,
      last_status_code = case when h.status = 'retrying' then h.response_status else q.last_status_code end,
      last_error_kind = case when h.status = 'retrying' then h.error_kind else q.last_error_kind end,
      last_error = case when h.status = 'retrying' then h.error_message else q.last_error end,
      last_duration_ms = case when h.status = 'retrying' then h.duration_ms else q.last_duration_ms end
    from held h
    where q.id = h.id and h.status in ('retrying', 'released')
      and q.id = any (array(select h.id from held h where h.status in ('retrying', 'released')))
  ), final as (
    delete from public.webhook_queue q
    where q.id = any (array(select h.id from tried h where h.status <> 'retrying'))
  ), attempted as (
    insert into public.webhook_attempts (delivery_id, attempt, webhook_id, started_at, duration_ms, succeeded,
      request_url, request_headers, request_body, request_format,
      response_status, response_headers, response_body, response_truncated, error_kind, error_message, console)
    select h.id, h.attempt, h.webhook_id, h.started_at, h.duration_ms, h.status = 'success',
      h.request_url, h.request_headers, h.request_body, h.request_format,
      h.response_status, h.response_headers, h.response_body, h.response_truncated, h.error_kind, h.error_message, h.console
    from tried h
  ), ended as (
    insert into public.webhook_history (id, webhook_id, event_id, event_type, is_test, status, retry_count, attempt_count, fence,
      last_status_code, last_error_kind, last_error, last_duration_ms, created_at, merged)
    select h.id, h.webhook_id, h.event_id, h.event_type, h.is_test, h.status, h.retry_count, h.attempt, h.fence,
      h.response_status, h.error_kind, h.error_message, h.duration_ms, h.created_at, h.merged
    from tried h
    where h.status <> 'retrying'
  ), delivered as (
    insert into public.webhook_record_states as s (webhook_id, record_id, sequence, delivery_id)
    select distinct on (h.webhook_id, h.record_id) h.webhook_id, h.record_id, h.sequence, h.id
    from tried h
    where h.record_id is not null and h.status = 'success'
      and (select w.stale_retries = 'skip' from public.webhooks w where w.id = h.webhook_id)
    order by h.webhook_id, h.record_id, h.sequence desc
    on conflict (webhook_id, record_id) do update
      set sequence = excluded.sequence, delivery_id = excluded.delivery_id, delivered_at = excluded.delivered_at
      where s.sequence < excluded.sequence
  ), bucket as materialized (
    select h.webhook_id, public.webhook_latency_bucket(h.duration_ms) as n, count(*)::integer as attempts,
      count(*) filter (where h.status = 'success') as succeeded,
      count(*) filter (where h.status = 'failed') as failed,
      count(*) filter (where h.status = 'retrying') as retried,
      sum(h.duration_ms) as duration_ms_sum,
      count(*) filter (where h.error_kind is not null and h.response_status between 400 and 499) as errors_4xx,
      count(*) filter (where h.error_kind is not null and h.response_status between 500 and 599) as errors_5xx,
      count(*) filter (where h.error_kind = 'timeout') as errors_timeout,
      count(*) filter (where h.error_kind in ('dns', 'connection_refused', 'connection_reset', 'http2_only')
        or h.error_kind ^@ 'tls') as errors_network,
      count(*) filter (where h.error_kind ^@ 'transform_' or h.error_kind = 'payload_too_large') as errors_transform
    from tried h where not h.is_test and h.status <> 'skipped'
    group by 1, 2
  ), summed as (
    insert into public.webhook_stats_hourly as s
      (webhook_id, hour, stripe, succeeded, failed, retried, duration_ms_sum,
        errors_4xx, errors_5xx, errors_timeout, errors_network, errors_transform, latency_histogram)
    select b.webhook_id, date_trunc('hour', now()), this_stripe, sum(b.succeeded), sum(b.failed), sum(b.retried), sum(b.duration_ms_sum),
      sum(b.errors_4xx), sum(b.errors_5xx), sum(b.errors_timeout), sum(b.errors_network), sum(b.errors_transform),
      public.webhook_histogram(array_agg(b.n), array_agg(b.attempts))
    from bucket b
    group by b.webhook_id
    order by b.webhook_id -- one lock order for all drains
    on conflict (webhook_id, hour, stripe) do update set
      succeeded = s.succeeded + excluded.succeeded,
      failed = s.failed + excluded.failed,
      retried = s.retried + excluded.retried,
      duration_ms_sum = s.duration_ms_sum + excluded.duration_ms_sum,
      errors_4xx = s.errors_4xx + excluded.errors_4xx,
      errors_5xx = s.errors_5xx + excluded.errors_5xx,
      errors_timeout = s.errors_timeout + excluded.errors_timeout,
      errors_network = s.errors_network + excluded.errors_network,
      errors_transform = s.errors_transform + excluded.errors_transform,
      latency_histogram = public.webhook_add_histograms(s.latency_histogram, excluded.latency_histogram)
  ), verdict as materialized (
    -- A test is a question: its success is good news, its failure is not counted.
    select h.webhook_id,
      count(*) filter (where h.status = 'success')::integer as successes,
      count(*) filter (where h.fault is not null and not h.is_test)::integer as failures,
      count(*) filter (where h.fault = 'outage' and not h.is_test)::integer as outages,
      -- It answers: what it thinks of a request says nothing of its health.
      coalesce(bool_or(h.fault in ('refusal', 'throttle')) filter (where not h.is_test), false) as answers,
      coalesce(bool_or(h.fault = 'throttle') filter (where not h.is_test), false) as throttles,
      max(h.hold_ms) filter (where not h.is_test) as hold_ms,
      max(h.response_status) filter (where h.hold_ms is not null) as hold_status
    from tried h group by h.webhook_id
  ), recovered as (
    delete from public.webhook_health x using verdict v where x.webhook_id = v.webhook_id and v.successes > 0
  ), failing as (
    insert into public.webhook_health as x (webhook_id, failures, outages, paused_until, pauses)
    select v.webhook_id, v.failures, case when v.answers then 0 else v.outages end, opening.until,
      case when opening.until is null then 0 else 1 end
    from verdict v
    cross join lateral (
      select case when v.outages >= 20 and not v.answers then now() + public.webhook_pause(0) end as until) as opening
    where v.successes = 0 and v.failures > 0
    order by v.webhook_id
    on conflict (webhook_id) do update set
      (failures, outages, paused_until, pauses, last_failed_at) = (
        select x.failures + v.failures,
          case when v.answers then 0 else x.outages + v.outages end,
          case
            -- Closed: 20 outages in a row open it.
            when x.paused_until is null then
              case when not v.answers and x.outages + v.outages >= 20 then now() + public.webhook_pause(x.pauses) end
            -- Open: answers to earlier requests change nothing.
            when x.paused_until > now() then x.paused_until
            -- Half open, and the probe was answered: asked to wait, the hold goes on from here; refused, another one tries soon.
            when v.throttles then null
            when v.answers then now() + interval '1 second'
            when v.outages > 0 then now() + public.webhook_pause(x.pauses)
            else x.paused_until
          end,
          case
            when x.paused_until > now() then x.pauses
            when x.paused_until is null then x.pauses + case when not v.answers and x.outages + v.outages >= 20 then 1 else 0 end
            when v.throttles then 0
            when v.answers then greatest(x.pauses - 1, 0)
            when v.outages > 0 then x.pauses + 1
            else x.pauses
          end,
          now()
        from verdict v where v.webhook_id = x.webhook_id)
  ), holding as (
    insert into public.webhook_holds as x (webhook_id, held_until, status_code)
    select v.webhook_id, now() + v.hold_ms * interval '1 millisecond', v.hold_status
    from verdict v
    where v.hold_ms is not null
    order by v.webhook_id
    on conflict (webhook_id) do update set
      held_until = greatest(x.held_until, excluded.held_until), status_code = excluded.status_code, slots = 1
  ), widening as (
    -- After a hold it starts again slowly. Answers to requests from before it say nothing.
    update public.webhook_holds x set slots = x.slots + v.successes
    from verdict v join public.webhooks w on w.id = v.webhook_id
    where x.webhook_id = v.webhook_id and v.successes > 0 and v.hold_ms is null and x.held_until <= now()
      and x.slots + v.successes < w.max_in_flight
  ), at_full_width as (
    delete from public.webhook_holds x
    using verdict v join public.webhooks w on w.id = v.webhook_id
    where x.webhook_id = v.webhook_id and v.successes > 0 and v.hold_ms is null and x.held_until <= now()
      and x.slots + v.successes >= w.max_in_flight
  ), gone as materialized (
    -- 410: the receiver asked not to be called again. Not what a former URL answered.
    select w.id from public.webhooks w
    where w.status = 'active' and w.id = any (array(
        select h.webhook_id from tried h
        where h.error_kind = 'gone' and h.status = 'failed' and not h.is_test))
      and exists (
        select from tried h
        where h.webhook_id = w.id and h.error_kind = 'gone' and not h.is_test and h.request_url is not distinct from w.url)
    order by w.id
    for update of w
  ), switched_off as (
    update public.webhooks w set status = 'inactive', disabled_reason = 'gone'
    where w.status = 'active' and w.id = any (array(select g.id from gone g))
  )
  select json_build_object(
    'settled', coalesce((select json_agg(h.id) from held h), '[]'),
    'busy', case when (select count(*) from held) = (select count(*) from result) then '[]' else coalesce((
      select json_agg(r.id) from result r join public.webhook_queue q on q.id = r.id and q.fence = r.fence
      where q.id = any (array(select r.id from result r)) and not exists (select from held h where h.id = r.id)), '[]') end)
  into answer;

  -- Skipped ones are counted apart, for hardly any settle has one.
  if strpos(results::text, '"skipped"') > 0 then
    insert into public.webhook_stats_hourly as s (webhook_id, hour, stripe, skipped, latency_histogram)
    select h.webhook_id, date_trunc('hour', now()), this_stripe, count(*), array_fill(0, array[16])
    from public.webhook_history h
    where h.status = 'skipped' and not h.is_test
      and h.id in (select (r.id)::uuid from json_array_elements_text(answer -> 'settled') as r(id))
    group by h.webhook_id
    order by h.webhook_id
    on conflict (webhook_id, hour, stripe) do update set skipped = s.skipped + excluded.skipped;
  end if;
  return answer;
end
$$;

create or replace function public.end_queued_deliveries(delivery_ids uuid[], error_kind text, error_message text) returns setof uuid
language sql security definer -- for verbs that have asked for the caller's right
set search_path = ''
set enable_seqscan = off
set enable_bitmapscan = off
as $$
  with free as materialized (
    select q.id from public.webhook_queue q
    where q.id = any (delivery_ids) and (q.locked_until is null or q.locked_until < now())
    for update of q skip locked
  ), taken as (
    delete from public.webhook_queue q where q.id = any (array(select f.id from free f))
    returning q.*
  ), ended as (
    insert into public.webhook_history (id, webhook_id, event_id, event_type, is_test, status, retry_count, attempt_count, fence,
      last_status_code, last_error_kind, last_error, last_duration_ms, created_at, merged)
    select t.id, t.webhook_id, t.event_id, t.event_type, t.is_test, 'failed', t.retry_count, t.attempt_count, t.fence,
      t.last_status_code, end_queued_deliveries.error_kind, end_queued_deliveries.error_message, t.last_duration_ms, t.created_at, t.merged
    from taken t
    returning id
  )
  select e.id from ended e
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
      when a.id in (select l.id from allowed l where l.active) then 'in_flight'
      when a.id in (select l.id from allowed l) then 'webhook_inactive'
      else 'not_found' end)), '[]')
  into answer
  from asked a;
  return answer;
end
$$;

create or replace view public.webhook_deliveries with (security_invoker = true) as
  select
    q.id, q.webhook_id, q.event_id, q.event_type, q.is_test,
    case when q.retry_count = 0 and q.last_error_kind is distinct from 'throttled' then 'pending' else 'retrying' end as status,
    coalesce(q.locked_until > now(), false) as in_flight,
    q.retry_count, q.attempt_count,
    case when q.turn is distinct from 2 then (
      select x.next_attempt_at from public.webhook_delivery_wait(q.webhook_id, q.is_test, q.created_at, q.due_at) x) end as next_attempt_at,
    q.last_status_code, q.last_error_kind, q.last_error, q.last_duration_ms,
    q.created_at, null::timestamptz as finished_at,
    case when q.merged is null then (select e.payload::text from public.webhook_events e where e.id = q.event_id)
      else public.webhook_merged_payload(q.merged) end as payload_text,
    (select case when q.turn = 2 and (x.waits_for is null or x.waits_for = 'time') then 'record' else x.waits_for end
      from public.webhook_delivery_wait(q.webhook_id, q.is_test, q.created_at, q.due_at) x) as waits_for,
    case when q.turn = 2 then coalesce(
      (select x.id from public.webhook_queue x
        where x.webhook_id = q.webhook_id and x.record_id = q.record_id and x.turn = 1 limit 1),
      (select s.delivery_id from public.webhook_stopped_records s
        where s.webhook_id = q.webhook_id and s.record_id = q.record_id)) end as follows,
    q.merged
  from public.webhook_queue q
  union all
  select
    h.id, h.webhook_id, h.event_id, h.event_type, h.is_test,
    h.status, false, h.retry_count, h.attempt_count, null,
    h.last_status_code, h.last_error_kind, h.last_error, h.last_duration_ms,
    h.created_at, h.finished_at,
    case when h.merged is null then (select e.payload::text from public.webhook_events e where e.id = h.event_id)
      else public.webhook_merged_payload(h.merged) end,
    null, null, h.merged
  from public.webhook_history h;
comment on view public.webhook_deliveries is
  'Every delivery with its status. waits_for: inactive (its webhook is switched off or deleted), cancellation (everything that waits is being cancelled), pause (the breaker is open), receiver (it asked to be left alone), record (another delivery of its record goes before it: follows says which, or which failed one somebody has to decide upon), time (its own due time); null when nothing but its turn. Page by id, newest first. payload_text is computed only where asked for. merged: the events that it brings as one.';
