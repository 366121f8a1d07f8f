-- The journal: what happened, whoever listened; and why a webhook did not get it, as far as the data tells.

create function public.list_webhook_events(
  most integer, before_id uuid default null, type text default null, since_id uuid default null, until_id uuid default null,
  record_id text default null, unheard boolean default false, related_id text default null
) returns json
language plpgsql stable security invoker -- the policies decide what the caller sees
set search_path = ''
as $$
declare
  many constant integer := 20000; -- events of one record on one day
  columns constant text := 'e.id, e.occurred_at, e.event_type, public.webhook_payload_text(e.payload, ''id'') as record_id,
      coalesce(e.record_label, public.webhook_record_label(e.event_type, e.payload)) as record_label,
      public.webhook_payload_text(e.payload, ''lead_id'') as related_id, e.origin, e.triggered_by, e.deliveries, e.left_out';
  lowest constant uuid := coalesce(since_id, '00000000-0000-0000-0000-000000000000');
  filtered constant text := concat(
    case when type is not null then ' and e.event_type = $4' end,
    case when unheard then ' and e.deliveries = 0' end,
    case when record_id is not null then ' and public.webhook_payload_text(e.payload, ''id'') = btrim($5)' end,
    case when related_id is not null then ' and public.webhook_payload_text(e.payload, ''lead_id'') = btrim($7)' end);
  above uuid := least(coalesce(before_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'), coalesce(until_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'));
  query tsquery;
  floor_id uuid;
  found jsonb;
  answer jsonb := '[]';
begin
  if most between 1 and 1000 is not true or char_length(record_id) > 200 or char_length(related_id) > 200 then
    raise exception 'validation_failed' using errcode = '22023', hint = 'most is 1 to 1,000, record_id and related_id have 200 characters at most.';
  end if;
  if coalesce(record_id, related_id) is null then
    execute concat('select coalesce(jsonb_agg(p), ''[]'') from (
        select ', columns, ' from public.webhook_events e where e.id < $1 and e.id >= $2', filtered, ' order by e.id desc limit $3) as p')
    into answer
    using above, lowest, most, type;
    return answer;
  end if;

  query := public.webhook_search_query('{}', record_id, related_id);
  -- From there on events may not be indexed yet: they are read as they are.
  floor_id := greatest(lowest, (
    select public.webhook_uuid_v7_floor(public.webhook_uuid_v7_time(w.event_id) - interval '2 minutes')
    from public.webhook_event_words w order by w.event_id desc limit 1));
  execute concat('select coalesce(jsonb_agg(p), ''[]'') from (
      select ', columns, ' from public.webhook_events e
      where e.id < $1 and e.id >= $2', filtered, ' order by e.id desc limit $3) as p')
  into answer
  using above, floor_id, most, type, record_id, null::uuid[], related_id;
  -- Then day by day, by the index of words.
  while jsonb_array_length(answer) < most loop
    above := least(above, floor_id);
    select w.event_id into floor_id from public.webhook_event_words w where w.event_id < above and w.event_id >= lowest order by w.event_id desc limit 1;
    exit when floor_id is null;
    floor_id := greatest(lowest, public.webhook_uuid_v7_floor(date_trunc('day', public.webhook_uuid_v7_time(floor_id), 'UTC')));
    execute concat('select coalesce(jsonb_agg(p), ''[]'') from (
        select ', columns, ' from public.webhook_events e
        where e.id = any ($6) and e.id < $1 and e.id >= $2', filtered, ' order by e.id desc limit $3) as p')
    into found
    using above, floor_id, most - jsonb_array_length(answer), type, record_id, public.find_event_ids(query, floor_id, above, many), related_id;
    answer := answer || found;
  end loop;
  return answer;
end
$$;
comment on function public.list_webhook_events is
  'The journal, newest first: every event between two ids, of a type, of a record, of what belongs to a record (related_id: the lead_id of the payload), or those that made no delivery. Answers an array of most rows at most.';

create function public.webhook_event_deliveries(event_id uuid)
returns table (id uuid, webhook_id uuid, status text, attempt_count integer, last_status_code integer, last_error_kind text,
  created_at timestamptz, finished_at timestamptz)
language sql stable security invoker
set search_path = ''
as $$
  select h.id, h.webhook_id, h.status, h.attempt_count, h.last_status_code, h.last_error_kind, h.created_at, h.finished_at
  from public.webhook_history h
  where h.id in (
    select x.id from public.webhook_history x where x.event_id = webhook_event_deliveries.event_id
    union
    select l.delivery_id from public.webhook_late_deliveries l where l.event_id = webhook_event_deliveries.event_id)
  union all
  select q.id, q.webhook_id, case when q.retry_count = 0 and q.last_error_kind is distinct from 'throttled' then 'pending' else 'retrying' end,
    q.attempt_count, q.last_status_code, q.last_error_kind, q.created_at, null
  from public.webhook_queue q where q.event_id = webhook_event_deliveries.event_id or q.id in (
    select l.delivery_id from public.webhook_late_deliveries l where l.event_id = webhook_event_deliveries.event_id)
$$;
comment on function public.webhook_event_deliveries is
  'The deliveries of an event, one for each webhook that got it or is to get it. Reads a queue through.';

create function public.webhook_listens(events text[], event_type text) returns boolean
language sql immutable parallel safe
return events && array[event_type, split_part(event_type, '.', 1) || '.*'] or ('*' = any (events) and not public.webhook_event_is_system(event_type));
comment on function public.webhook_listens is
  'Whether who listens to this list of names and patterns gets events of this type.';

create function public.get_webhook_event(event_id uuid) returns json
language sql stable security invoker -- the policies decide what the caller sees
set search_path = ''
as $$
  with event as materialized (
    select e.*, public.webhook_jsonb(e.payload) as value from public.webhook_events e where e.id = get_webhook_event.event_id
  ), delivery as materialized (
    select d.* from public.webhook_event_deliveries(get_webhook_event.event_id) d
  )
  select json_build_object(
    'id', e.id, 'occurred_at', e.occurred_at, 'event_type', e.event_type, 'record_id', public.webhook_payload_text(e.payload, 'id'),
    'related_id', public.webhook_payload_text(e.payload, 'lead_id'),
    'record_label', coalesce(e.record_label, public.webhook_record_label(e.event_type, e.payload)), 'origin', e.origin,
    'triggered_by', e.triggered_by, 'deliveries', e.deliveries, 'left_out', e.left_out, 'payload_text', e.payload::text,
    'sent_to', (
      select coalesce(json_agg(json_build_object('id', d.id, 'webhook_id', d.webhook_id, 'webhook_name', w.name, 'status', d.status,
        'attempt_count', d.attempt_count, 'last_status_code', d.last_status_code, 'last_error_kind', d.last_error_kind,
        'created_at', d.created_at, 'finished_at', d.finished_at, 'in_flight', coalesce(s.in_flight, false),
        'next_attempt_at', s.next_attempt_at, 'waits_for', s.waits_for, 'merged', s.merged) order by d.id), '[]')
      from delivery d
      left join public.webhooks w on w.id = d.webhook_id and w.deleted_at is null
      left join lateral (
        select x.in_flight, x.next_attempt_at, x.waits_for, x.merged from public.webhook_deliveries x where x.id = d.id
      ) as s on true),
    'not_sent_to', (
      select coalesce(json_agg(json_build_object('webhook_id', w.id, 'webhook_name', w.name, 'matches_now', now_.listens and now_.meets and e.erased_at is null and not ((w.skip_own_changes or e.origin = 'system') and e.origin_webhook is not distinct from w.id), 'reason', case
          when e.origin in ('test', 'backfill') then 'for_another'
          when w.created_at > e.occurred_at then 'created_later'
          when now_.listens and e.origin = 'system' and e.origin_webhook = w.id then 'about_itself'
          when w.skip_own_changes and e.origin_webhook = w.id then 'own_change'
          -- What its settings were before their last change is not kept.
          when w.updated_at > e.occurred_at then 'unknown'
          when not now_.listens then 'not_subscribed'
          when w.status = 'inactive' then 'inactive_at_the_time'
          when e.erased_at is not null and w.condition_path is not null then 'erased'
          when not now_.meets then 'condition'
          else 'unknown' end) order by w.name, w.id), '[]')
      from public.webhooks w
      cross join lateral (
        select public.webhook_listens(w.events, e.event_type) as listens,
          w.condition_path is null or jsonb_path_match(e.value, w.condition_path, '{}', true) is true as meets) as now_
      where w.deleted_at is null and w.alert is null and not exists (select from delivery d where d.webhook_id = w.id)))
  from event e
$$;
comment on function public.get_webhook_event is
  'An event with its deliveries (sent_to), and each webhook but alerts that has none (not_sent_to), with why: not_subscribed, condition, inactive_at_the_time, created_later, own_change (it came of the webhook''s own account), about_itself (the system tells of it there), for_another (a test or a backfill is for one webhook), erased (there is nothing left to ask its conditions of), or unknown where its settings were changed since. matches_now: as the webhook is now, it would get it. Null: there is no such event.';

revoke execute on function public.list_webhook_events, public.webhook_event_deliveries, public.webhook_listens, public.get_webhook_event
from public, anon, authenticated, service_role;
grant execute on function public.list_webhook_events, public.webhook_event_deliveries, public.webhook_listens, public.get_webhook_event
to authenticated, service_role;
