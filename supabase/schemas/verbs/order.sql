-- Order: an ordered webhook's deliveries of one record go out one after the other. One of them has the record's turn and is in the
-- lanes of every delivery; the others stand behind it, where no claim looks. Whose turn it is, is decided by one claim at a time.

create function public.after_turn_ended() returns trigger
language plpgsql security definer -- whoever ends a delivery: a drain, a person, a job
set search_path = ''
set enable_seqscan = off
set enable_bitmapscan = off
as $$
begin
  if (select w.ordered and w.order_waits from public.webhooks w where w.id = old.webhook_id) then
    -- What a person cancelled or erased is decided.
    if old.turn = 1 and exists (select from public.webhook_history h
      where h.id = old.id and h.status = 'failed' and h.last_error_kind in ('cancelled', 'erased') is not true)
    then
      insert into public.webhook_stopped_records (webhook_id, record_id, delivery_id)
      values (old.webhook_id, old.record_id, old.id)
      on conflict (webhook_id, record_id) do update set delivery_id = excluded.delivery_id, stopped_at = now();
      return null;
    end if;
    delete from public.webhook_stopped_records s where s.webhook_id = old.webhook_id and s.record_id = old.record_id
      and (old.turn = 1 or s.delivery_id = old.id);
  end if;
  if old.turn = 0 then
    -- It was to be looked at on account of others, perhaps.
    insert into public.webhook_order_notes (webhook_id, record_id)
    select old.webhook_id, old.record_id
    where exists (
      select from public.webhook_queue x where x.webhook_id = old.webhook_id and x.record_id = old.record_id and x.turn = 2);
    return null;
  end if;
  update public.webhook_queue q set turn = 0, due_at = greatest(q.due_at, now())
  where q.id = (
    select x.id from public.webhook_queue x
    where x.webhook_id = old.webhook_id and x.record_id = old.record_id and x.turn = 2
    order by x.sequence limit 1 for no key update skip locked);
  if not found and exists (
    select from public.webhook_queue x where x.webhook_id = old.webhook_id and x.record_id = old.record_id and x.turn = 2)
  then
    insert into public.webhook_order_notes (webhook_id, record_id) values (old.webhook_id, old.record_id);
  end if;
  return null;
end
$$;
comment on function public.after_turn_ended is
  'The record''s next delivery is looked at, whatever became of the one that had its turn; unless that one failed and the webhook waits for a person then. Waits for nobody: where somebody has the next one locked, a note is left.';

create function public.give_webhook_turns(after_webhook uuid, floor timestamptz, behind public.webhook_queue_place[]) returns integer
language plpgsql security invoker
set search_path = ''
-- As in claim_webhook_deliveries.
set enable_seqscan = off
set enable_bitmapscan = off
set enable_mergejoin = off
set enable_hashjoin = off
as $$
declare
  most constant integer := 500; -- deliveries looked at in one call, and half as many of one webhook
  most_records constant integer := 100; -- that somebody noted
  first_uuid constant uuid := '00000000-0000-0000-0000-000000000000';
  unchecked tid[];
  remain boolean;
  noted boolean;
begin
  -- One at a time over all drains: two of them would give a record two turns. Who comes second leaves it to the first.
  if not pg_try_advisory_xact_lock(hashtextextended('webhook_turns', 0)) then
    return 20;
  end if;

  with recursive known as materialized (
    select k.* from unnest(behind) as k
  ), walk as (
    select coalesce(after_webhook, first_uuid) as webhook_id, 0 as n, '{}'::tid[] as rows, 0::bigint as found
    union all
    select next.webhook_id, walk.n + 1, part.rows, walk.found + cardinality(part.rows)
    from walk
    cross join lateral (
      select least(
        (select q.webhook_id from public.webhook_queue q
          where q.turn = 0 and q.webhook_id > walk.webhook_id and q.due_at >= floor order by q.webhook_id limit 1),
        (select k.webhook_id from known k where k.webhook_id > walk.webhook_id order by k.webhook_id limit 1)) as webhook_id
    ) as next
    left join known place on place.webhook_id = next.webhook_id
    cross join lateral (
      select coalesce(array_agg(x.row), '{}') as rows from (
        select q.ctid as row from public.webhook_queue q
        where q.turn = 0 and q.webhook_id = next.webhook_id and q.due_at >= coalesce(place.since, floor)
        order by q.due_at, q.id limit most / 2) as x
    ) as part
    where walk.found < most and walk.n < most and next.webhook_id is not null
  )
  select array_agg(x.row), max(walk.found) >= most or bool_or(cardinality(walk.rows) = most / 2)
  into unchecked, remain
  from walk left join lateral unnest(walk.rows) as x (row) on true;

  if exists (select from public.webhook_order_notes n where n.record_id is null) then
    -- A webhook that no longer waits for anybody: its records go on.
    with resumed as (
      delete from public.webhook_stopped_records s where s.ctid = any (array(
        select x.ctid from public.webhook_order_notes n
        join public.webhooks w on w.id = n.webhook_id and not (w.ordered and w.order_waits)
        join public.webhook_stopped_records x on x.webhook_id = n.webhook_id
        where n.record_id is null
        limit most_records for update of x skip locked))
      returning s.webhook_id, s.record_id
    )
    insert into public.webhook_order_notes (webhook_id, record_id) select r.webhook_id, r.record_id from resumed r;
    if not found then
      delete from public.webhook_order_notes n where n.record_id is null;
    end if;
  end if;

  -- In a statement that begins with the lock held: it sees what whoever had it before has decided.
  with batch as materialized (
    select q.id, q.webhook_id, q.record_id from public.webhook_queue q
    where q.ctid = any (unchecked) and q.turn = 0
    for no key update of q skip locked
  ), note as (
    delete from public.webhook_order_notes n where n.ctid = any (array(
      select x.ctid from public.webhook_order_notes x where x.record_id is not null order by x.id limit most_records
      for update of x skip locked))
    returning n.webhook_id, n.record_id
  ), record as materialized (
    select b.webhook_id, b.record_id from batch b union select n.webhook_id, n.record_id from note n
  ), state as materialized (
    select r.webhook_id, r.record_id, turn.id as turn, first.id as first
    from record r
    left join lateral (
      select q.id from public.webhook_queue q
      where q.webhook_id = r.webhook_id and q.record_id = r.record_id and q.turn = 1 limit 1
    ) as turn on true
    left join public.webhook_stopped_records stop on stop.webhook_id = r.webhook_id and stop.record_id = r.record_id
    left join lateral (
      select x.id from (
        (select q.id, q.sequence from public.webhook_queue q
          where stop.delivery_id is null and q.webhook_id = r.webhook_id and q.record_id = r.record_id and q.turn = 0
          order by q.sequence limit 1)
        union all
        (select q.id, q.sequence from public.webhook_queue q
          where stop.delivery_id is null and q.webhook_id = r.webhook_id and q.record_id = r.record_id and q.turn = 2
          order by q.sequence limit 1)
        union all
        -- Only the one that failed, sent again, goes before a person has decided.
        (select q.id, q.sequence from public.webhook_queue q where q.id = stop.delivery_id and q.turn in (0, 2))
      ) as x
      where turn.id is null
      order by x.sequence, x.id limit 1
    ) as first on true
  ), kept as materialized (
    -- Who has the turn cannot end before this transaction has: else nobody would see whom it leaves behind.
    select q.id from public.webhook_queue q
    where q.id = any (array(select s.turn from state s where s.turn is not null))
    for key share of q skip locked
  ), ready as materialized (
    select q.id from public.webhook_queue q
    where q.id = any (array(select s.first from state s where s.first is not null)) and q.turn in (0, 2)
    for no key update of q skip locked
  ), given as (
    update public.webhook_queue q set turn = 1, due_at = greatest(q.due_at, now())
    where q.id = any (array(select r.id from ready r))
  ), behind_it as (
    update public.webhook_queue q set turn = 2
    where q.id = any (array(select b.id from batch b where b.id not in (select r.id from ready r)))
  ), unsure as (
    -- Somebody has it locked: its record is looked at again.
    insert into public.webhook_order_notes (webhook_id, record_id)
    select s.webhook_id, s.record_id from state s
    where (s.turn is not null and s.turn not in (select k.id from kept k))
      or (s.first is not null and s.first not in (select r.id from ready r))
    returning 1
  )
  select exists (select from unsure) into noted;
  return case when remain then 0 when noted then 100 end;
end
$$;
comment on function public.give_webhook_turns is
  'Looks at deliveries of ordered webhooks that are new or come after one that has ended: of each record the first one gets the turn, the others stand behind it. Called by claims, for what they look at. Answers in how many milliseconds there is more to be looked at; null when there is not.';

create function public.pass_over_webhook_delivery(delivery_id uuid) returns boolean
language plpgsql security definer -- people may not write it
set search_path = ''
as $$
#variable_conflict use_column
declare
  stopped public.webhook_stopped_records;
begin
  if auth.uid() is not null and not public.is_webhook_admin() then
    raise exception 'forbidden' using errcode = '42501';
  end if;
  delete from public.webhook_stopped_records s where s.delivery_id = pass_over_webhook_delivery.delivery_id
  returning s.* into stopped;
  if not found then
    return false;
  end if;
  insert into public.webhook_order_notes (webhook_id, record_id) values (stopped.webhook_id, stopped.record_id);
  return true;
end
$$;
comment on function public.pass_over_webhook_delivery is
  'Goes on with the record for which this failed delivery stopped its webhook (order_waits). False when none waits for it.';

revoke execute on function public.after_turn_ended, public.give_webhook_turns, public.pass_over_webhook_delivery
from public, anon, authenticated, service_role;
grant execute on function public.give_webhook_turns
to service_role;
grant execute on function public.pass_over_webhook_delivery
to authenticated, service_role;
