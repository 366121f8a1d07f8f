-- What search looks into is written behind the events: the newest first, then those that were there before, then what
-- committed long after its time.

create function public.index_webhook_events(max_rows integer) returns integer
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

create function public.index_late_webhook_events(max_rows integer) returns integer
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

revoke execute on function public.index_webhook_events, public.index_late_webhook_events
from public, anon, authenticated, service_role;
grant execute on function public.index_webhook_events, public.index_late_webhook_events
to service_role;
