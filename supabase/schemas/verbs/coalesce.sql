-- Coalescing: changes of a record that come soon after one another are one delivery.

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
    -- Neither event has a delivery of its own, and of its time.
    insert into public.webhook_late_deliveries (webhook_id, event_id, delivery_id)
    values (newer.webhook_id, waiting.event_id, waiting.id), (newer.webhook_id, newer.event_id, waiting.id)
    on conflict do nothing;
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
