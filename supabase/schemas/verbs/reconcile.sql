-- Reconciliation: of what happened, what a webhook had. Six figures that add up to the events, by their types.

create function public.count_webhook_outcomes(target uuid, from_id uuid, below uuid)
returns table (event_type text, status text, n bigint)
language sql stable security invoker
set search_path = ''
set enable_mergejoin = off
as $$
  -- The id of a delivery is of the time of its event, up to what one call takes; but for late ones.
  with late as materialized (
    select l.event_id, l.delivery_id from public.webhook_late_deliveries l
    where l.webhook_id = target and l.event_id >= from_id and l.event_id < below
  ), delivery as (
    select h.event_id, h.event_type, h.status from public.webhook_history h
    where h.webhook_id = target and not h.is_test and h.event_id >= from_id and h.event_id < below
      and h.id >= public.webhook_uuid_v7_floor(public.webhook_uuid_v7_time(from_id) - interval '1 minute')
      and h.id < public.webhook_uuid_v7_floor(public.webhook_uuid_v7_time(below) + interval '1 hour')
      and h.event_id not in (select l.event_id from late l)
    union all
    select q.event_id, q.event_type, 'waiting' from public.webhook_queue q
    where q.webhook_id = target and not q.is_test and q.event_id >= from_id and q.event_id < below
      and q.event_id not in (select l.event_id from late l)
    union all
    select l.event_id, e.event_type, coalesce(
      (select h.status from public.webhook_history h where h.id = l.delivery_id),
      (select 'waiting' from public.webhook_queue q where q.id = l.delivery_id))
    from late l join public.webhook_events e on e.id = l.event_id and e.origin is distinct from 'backfill'
  )
  select d.event_type, d.status, count(*) from delivery d where d.status is not null group by 1, 2
$$;
comment on function public.count_webhook_outcomes is
  'How many deliveries of a webhook, of events between two ids, there are of each type: success, failed, skipped, or waiting. Without tests and backfills.';

create function public.count_matching_events(target uuid, types text[], from_id uuid, below uuid, patience interval)
returns table (event_type text, n bigint)
language plpgsql stable security invoker
set search_path = ''
set enable_mergejoin = off
as $$
#variable_conflict use_column
declare
  piece constant interval := '2 hours';
  began constant timestamptz := clock_timestamp();
  path constant jsonpath := (select w.condition_path from public.webhooks w where w.id = target);
  skips_own constant boolean := (select w.skip_own_changes from public.webhooks w where w.id = target);
  at uuid := from_id;
  next uuid;
begin
  while at < below loop
    if clock_timestamp() - began > patience then
      raise exception 'search_too_long' using errcode = '57014', hint = 'A shorter period has fewer events to ask.';
    end if;
    next := least(below, public.webhook_uuid_v7_floor(public.webhook_uuid_v7_time(at) + piece));
    return query
    select e.event_type, count(*)
    from public.webhook_events e
    where e.id >= at and e.id < next and e.event_type = any (types) and (e.origin in ('test', 'backfill')) is not true
      and not exists (
        select from public.webhook_history h
        where h.webhook_id = target and h.event_id = e.id
          and h.id >= public.webhook_uuid_v7_floor(public.webhook_uuid_v7_time(at) - interval '1 minute')
          and h.id < public.webhook_uuid_v7_floor(public.webhook_uuid_v7_time(next) + interval '1 hour'))
      and not exists (select from public.webhook_queue q where q.webhook_id = target and q.event_id = e.id)
      and not exists (select from public.webhook_late_deliveries l where l.webhook_id = target and l.event_id = e.id)
      and e.erased_at is null and not (skips_own and e.origin_webhook is not distinct from target)
      and jsonb_path_match(public.webhook_jsonb(e.payload), path, '{}', true) is true
    group by 1;
    -- On to where there is something again.
    select e.id into at from public.webhook_events e where e.id >= next and e.id < below order by e.id limit 1;
    exit when at is null;
  end loop;
end
$$;
comment on function public.count_matching_events is
  'Of events between two ids of which a webhook has no delivery, how many meet its conditions. Gives up after patience (search_too_long): each payload is read.';

create function public.reconcile_webhook(
  target uuid, since timestamptz, until timestamptz, types text[] default null, patience interval default '3 seconds'
) returns table (event_type text, happened bigint, delivered bigint, waiting bigint, failed bigint, skipped bigint, not_matched bigint, never_had bigint)
language plpgsql stable security invoker
set search_path = ''
as $$
#variable_conflict use_column
declare
  w public.webhooks;
  from_id uuid := public.webhook_uuid_v7_floor(since);
  below constant uuid := public.webhook_uuid_v7_floor(until);
  oldest constant uuid := (select e.id from public.webhook_events e order by e.id limit 1);
begin
  if auth.uid() is not null and not public.is_webhook_admin() then
    raise exception 'forbidden' using errcode = '42501';
  end if;
  select x.* into w from public.webhooks x where x.id = target and x.deleted_at is null;
  if not found then
    raise exception 'webhook_not_found' using errcode = '22023';
  end if;
  -- Deliveries of events that were removed with age are of nothing that is told here.
  from_id := greatest(from_id, oldest);
  if oldest is null or from_id >= below then
    return;
  end if;
  return query
  with outcome as materialized (
    select o.event_type,
      coalesce(sum(o.n) filter (where o.status = 'success'), 0) as delivered, coalesce(sum(o.n) filter (where o.status = 'waiting'), 0) as waiting,
      coalesce(sum(o.n) filter (where o.status = 'failed'), 0) as failed, coalesce(sum(o.n) filter (where o.status = 'skipped'), 0) as skipped
    from public.count_webhook_outcomes(target, from_id, below) o
    where types is null or o.event_type = any (types)
    group by 1
  ), event as materialized (
    select t.name, public.webhook_listens(w.events, t.name) as listens, (
      select count(*) from public.webhook_events e
      where e.event_type = t.name and e.id >= from_id and e.id < below and (e.origin in ('test', 'backfill')) is not true) as happened
    from public.webhook_event_types t
    where (types is null or t.name = any (types))
      and (public.webhook_listens(w.events, t.name) or t.name in (select o.event_type from outcome o))
  ), rest as materialized (
    select e.name, e.listens, e.happened, coalesce(o.delivered, 0)::bigint as delivered, coalesce(o.waiting, 0)::bigint as waiting,
      coalesce(o.failed, 0)::bigint as failed, coalesce(o.skipped, 0)::bigint as skipped,
      e.happened - coalesce(o.delivered + o.waiting + o.failed + o.skipped, 0)::bigint as rest
    from event e left join outcome o on o.event_type = e.name
  ), asked as materialized (
    select array_agg(r.name) as types from rest r where w.condition_path is not null and r.listens and r.rest > 0
  ), unsent as materialized (
    -- Of what was erased nothing is left to send; what came of the webhook's own account, or tells of itself, is not for it.
    select e.event_type, count(*) as n
    from (
      select x.id, x.event_type, x.origin from public.webhook_events x
      where x.erased_at is not null and x.id >= from_id and x.id < below
      union
      select x.id, x.event_type, x.origin from public.webhook_events x
      where (w.skip_own_changes or x.origin = 'system') and x.origin_webhook = target and x.id >= from_id and x.id < below
    ) as e
    where (e.origin in ('test', 'backfill')) is not true
      and e.event_type in (select r.name from rest r where r.listens and r.rest > 0)
      and not exists (
        select from public.webhook_history h
        where h.webhook_id = target and h.event_id = e.id
          and h.id >= public.webhook_uuid_v7_floor(public.webhook_uuid_v7_time(e.id) - interval '1 minute')
          and h.id < public.webhook_uuid_v7_floor(public.webhook_uuid_v7_time(e.id) + interval '1 hour'))
      and not exists (select from public.webhook_queue q where q.webhook_id = target and q.event_id = e.id)
      and not exists (select from public.webhook_late_deliveries l where l.webhook_id = target and l.event_id = e.id)
    group by 1
  ), matching as materialized (
    select m.event_type, sum(m.n)::bigint as n
    from asked a cross join lateral public.count_matching_events(target, a.types, from_id, below, patience) m
    where a.types is not null
    group by 1
  )
  select r.name, r.happened, r.delivered, r.waiting, r.failed, r.skipped, r.rest - x.never_had, x.never_had
  from rest r
  left join matching m on m.event_type = r.name
  left join unsent d on d.event_type = r.name
  cross join lateral (
    select case when not r.listens then 0 when w.condition_path is null then r.rest - coalesce(d.n, 0) else coalesce(m.n, 0) end as never_had) as x
  where r.happened > 0
  order by r.name;
end
$$;
comment on function public.reconcile_webhook is
  'Per event type, of the events since one moment and until another one: how many happened, and of those how many the webhook was delivered, are waiting, failed, were skipped, do not match it as it is now were erased or came of its own account (not_matched), or match it and were never for it (never_had). The six add up to happened. Payloads are read only where the webhook has conditions, and not for longer than patience (search_too_long).';

create function public.count_untold_rows(relation regclass, event_type text, from_id uuid, below uuid) returns bigint
language plpgsql stable security definer -- counts rows of tables that the caller may not read
set search_path = ''
as $$
declare
  most constant integer := 100000; -- rows, and events, that are compared
  counted bigint;
  told text[];
  key text;
begin
  if auth.uid() is not null and not public.is_webhook_admin() then
    raise exception 'forbidden' using errcode = '42501';
  end if;
  if not exists (select from public.webhook_sources s where s.relation = count_untold_rows.relation) then
    return null;
  end if;
  execute format('select count(*) from (select from %s limit %s) as x', relation, most + 1) into counted;
  if counted > most then
    return null;
  end if;
  select array_agg(x.key) into told from (
    select public.webhook_payload_text(e.payload, 'id') as key from public.webhook_events e
    where e.event_type = count_untold_rows.event_type and e.id >= from_id and e.id < below limit most + 1) as x;
  if cardinality(told) > most then
    return null;
  end if;
  select format(k.plain, 'r') into key from public.webhook_source_key(relation) k;
  if key is null then
    return null; -- it has no key any more
  end if;
  execute format('select count(*) from %s as r where not exists (select from unnest($1) as t (key) where t.key = left(btrim(%s::text), 200))',
    relation, key)
  into counted using told;
  return counted;
end
$$;
comment on function public.count_untold_rows is
  'How many rows of an attached table have no event of this type between two ids; null where that cannot be told: above 100,000 rows or events.';

create function public.webhook_reconciliation(webhook_id uuid, since timestamptz, until timestamptz) returns json
language sql stable security invoker -- the policies decide what the caller sees
set search_path = ''
as $$
  select json_build_object(
    'since', greatest(since, (select public.webhook_uuid_v7_time(e.id) from public.webhook_events e order by e.id limit 1)),
    'until', until,
    'types', (select coalesce(json_agg(r order by r.event_type), '[]') from public.reconcile_webhook(webhook_reconciliation.webhook_id, since, until) r),
    'tables', (
      select coalesce(json_agg(json_build_object('table', r.relation::text, 'event_type', r.event_type, 'untold',
        public.count_untold_rows(r.relation, r.event_type, public.webhook_uuid_v7_floor(since), public.webhook_uuid_v7_floor(until))) order by r.event_type), '[]')
      from public.webhook_source_rules r
      join public.webhooks w on w.id = webhook_reconciliation.webhook_id and public.webhook_listens(w.events, r.event_type)
      where r.operation = 'insert'))
$$;
comment on function public.webhook_reconciliation is
  'What reconcile_webhook answers as types, from since on (that of the oldest event that is kept, where it is later), and tables: of each attached table whose new rows the webhook listens to, how many rows have no such event in that time (untold; null where that cannot be told).';

create function public.list_webhook_manifest(
  webhook_id uuid, most integer, before_id uuid default null, from_id uuid default null, below uuid default null
) returns json
language plpgsql stable security invoker -- the policies decide what the caller sees
set search_path = ''
set enable_seqscan = off
set enable_mergejoin = off
set enable_hashjoin = off
as $$
declare
  answer json;
begin
  if auth.uid() is not null and not public.is_webhook_admin() then
    raise exception 'forbidden' using errcode = '42501';
  end if;
  if most between 1 and 1000 is not true then
    raise exception 'validation_failed' using errcode = '22023', hint = 'most is 1 to 1,000.';
  end if;
  if not exists (select from public.webhooks w where w.id = list_webhook_manifest.webhook_id and w.deleted_at is null) then
    raise exception 'webhook_not_found' using errcode = '22023', hint = 'There is no such webhook.';
  end if;
  select coalesce(json_agg(json_build_object(
      'id', h.id, 'event_id', h.event_id, 'event_type', h.event_type, 'delivered_at', h.finished_at,
      'record_id', public.webhook_payload_text(e.payload, 'id'), 'sequence', e.sequence, 'occurred_at', e.occurred_at,
      'sha256', case when a.request_body is not null then encode(sha256(convert_to(a.request_body, 'UTF8')), 'hex') end,
      -- A body that was the payload itself is not stored: it is made of these again.
      'format', a.request_format,
      'payload_text', case when a.request_format is null or e.erased_at is not null then null
        when h.merged is null then e.payload::text else public.webhook_merged_payload(h.merged) end
    ) order by h.id desc), '[]')
  into answer
  from (
    select x.id, x.event_id, x.event_type, x.finished_at, x.merged from public.webhook_history x
    where x.webhook_id = list_webhook_manifest.webhook_id and x.status = 'success' and not x.is_test
      and x.id < least(coalesce(before_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'), coalesce(below, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
      and x.id >= coalesce(from_id, '00000000-0000-0000-0000-000000000000')
    order by x.id desc limit most
  ) as h
  left join public.webhook_events e on e.id = h.event_id
  left join lateral (
    select t.request_body, t.request_format from public.webhook_attempts t
    where t.delivery_id = h.id and t.succeeded order by t.attempt desc limit 1
  ) as a on true;
  return answer;
end
$$;
comment on function public.list_webhook_manifest is
  'What the receiver of a webhook took, newest first, between two ids, without tests: the delivery, its record, and the SHA-256 of the body, or what that body is made of (format, payload_text). Both are null where the body was erased.';

revoke execute on function public.count_webhook_outcomes, public.count_matching_events, public.reconcile_webhook,
  public.count_untold_rows, public.webhook_reconciliation, public.list_webhook_manifest
from public, anon, authenticated, service_role;
grant execute on function public.count_webhook_outcomes, public.count_matching_events, public.reconcile_webhook,
  public.count_untold_rows, public.webhook_reconciliation, public.list_webhook_manifest
to authenticated, service_role;
