-- What operators see of the queue.

create function public.webhook_backlog()
returns table (webhook_id uuid, held text, oldest_due timestamptz)
language sql stable security invoker
set search_path = ''
set enable_seqscan = off
set enable_bitmapscan = off
set enable_mergejoin = off
set enable_hashjoin = off
as $$
  with recursive webhook as (
    (select q.webhook_id from public.webhook_queue q order by q.webhook_id limit 1)
    union all
    select next.webhook_id from webhook cross join lateral (
      select q.webhook_id from public.webhook_queue q where q.webhook_id > webhook.webhook_id order by q.webhook_id limit 1) as next
  )
  select x.webhook_id,
    case
      when gate.closed is not null then gate.closed
      when slot.free is null then null
      when slot.busy >= gate.slots
        or (gate.rate_limit is not null and public.webhook_pace_allowance(gate.next_at, gate.rate_limit, now()) <= 0) then 'limited'
    end,
    coalesce(slot.free, head.due_at)
  from webhook x
  join public.webhook_gates gate on gate.webhook_id = x.webhook_id
  cross join lateral (
    select min(h.due_at) as due_at from (
      (select q.due_at from public.webhook_queue q where q.webhook_id = x.webhook_id and q.lane = 0 order by q.due_at, q.id limit 1)
      union all
      (select q.due_at from public.webhook_queue q where q.webhook_id = x.webhook_id and q.lane = 1 order by q.due_at, q.id limit 1)
      union all
      (select q.due_at from public.webhook_queue q where q.webhook_id = x.webhook_id and q.turn = 0 order by q.due_at, q.id limit 1)) as h
  ) as head
  cross join lateral (
    select min(d.due_at) filter (where (d.locked_until > now()) is not true) as free,
      count(*) filter (where d.locked_until > now()) as busy
    from (
      (select q.due_at, q.locked_until from public.webhook_queue q
        where gate.closed is null and q.webhook_id = x.webhook_id and q.lane = 0 and q.due_at <= now()
          and q.due_at > coalesce(gate.cancel_before, '-infinity') and q.created_at > coalesce(gate.cancel_before, '-infinity')
        -- One more than may be under way: what waits behind them is seen.
        order by q.due_at, q.id limit gate.max_in_flight + 1)
      union all
      (select q.due_at, q.locked_until from public.webhook_queue q
        where gate.closed is null and q.webhook_id = x.webhook_id and q.lane = 1 and q.due_at <= now()
          and q.due_at > coalesce(gate.cancel_before, '-infinity') and q.created_at > coalesce(gate.cancel_before, '-infinity')
        order by q.due_at, q.id limit (gate.max_in_flight + 1) / 2)
      union all
      (select q.due_at, q.locked_until from public.webhook_queue q
        where gate.closed is null and q.webhook_id = x.webhook_id and q.turn = 0 and q.due_at <= now()
          and q.due_at > coalesce(gate.cancel_before, '-infinity') and q.created_at > coalesce(gate.cancel_before, '-infinity')
        order by q.due_at, q.id limit 1)
    ) as d
  ) as slot
  where head.due_at <= now() and (gate.closed is not null or slot.free is not null)
$$;
comment on function public.webhook_backlog is
  'The webhooks with a due delivery that nobody is sending: held says why none of them can be claimed now (inactive, paused, throttled, limited), null when one can; oldest_due is when the first of them fell due.';

create function public.webhook_queue_figures() returns json
language sql stable security invoker
set search_path = ''
as $$
  with backlog as materialized (
    select * from public.webhook_backlog()
  ), ago as (
    -- Whole milliseconds since a moment.
    select w.worker, (extract(epoch from now() - w.last_exchange_at) * 1000)::bigint as exchange,
      (extract(epoch from now() - w.last_settled_at) * 1000)::bigint as settled
    from public.webhook_workers w where w.last_exchange_at > now() - interval '1 hour'
  )
  select json_build_object(
    'schema_version', public.webhook_schema_version(),
    'oldest_claimable_ms', (
      select (extract(epoch from now() - min(b.oldest_due)) * 1000)::bigint from backlog b where b.held is null),
    'deliveries', (
      select json_build_object(
        'in_flight', count(*) filter (where q.locked_until > now()),
        'pending', count(*) filter (where (q.locked_until > now()) is not true and q.lane <> 1),
        'retrying', count(*) filter (where (q.locked_until > now()) is not true and q.lane = 1))
      from (select q.locked_until, q.lane from public.webhook_queue q limit 100000) as q),
    'held', (
      select json_build_object(
        'inactive', count(*) filter (where b.held = 'inactive'), 'paused', count(*) filter (where b.held = 'paused'),
        'throttled', count(*) filter (where b.held = 'throttled'), 'limited', count(*) filter (where b.held = 'limited'))
      from backlog b),
    'breakers', (
      select json_build_object(
        'open', count(*) filter (where h.paused_until > now()),
        'half_open', count(*) filter (where h.paused_until <= now()))
      from public.webhook_health h),
    'breaker_openings', (select coalesce(sum(h.pauses), 0) from public.webhook_health h),
    'webhooks_failing', (select count(*) from public.webhook_health h),
    'webhooks', (
      select json_build_object(
        'active', count(*) filter (where w.status = 'active'),
        'inactive', count(*) filter (where w.status = 'inactive' and w.disabled_reason is null),
        'disabled', count(*) filter (where w.disabled_reason is not null))
      from public.webhooks w where w.deleted_at is null),
    'workers', (
      select coalesce(json_agg(json_build_object('worker', a.worker, 'last_exchange_ms', a.exchange, 'last_settled_ms', a.settled)
        order by a.exchange), '[]')
      from ago a),
    'chores', (
      select coalesce(json_agg(json_build_object('chore', c.chore,
        'last_success_ms', (extract(epoch from now() - c.last_success_at) * 1000)::bigint,
        'last_failure_ms', (extract(epoch from now() - c.last_failure_at) * 1000)::bigint, 'error', c.error) order by c.chore), '[]')
      from public.webhook_chores c),
    'jobs', (
      select json_build_object('running', count(*) filter (where j.state = 'running'),
        'failed', count(*) filter (where j.state = 'failed' and j.finished_at > now() - interval '1 day'))
      from public.webhook_jobs j))
$$;
comment on function public.webhook_queue_figures is
  'For health and metrics: schema, age of the oldest delivery that could be claimed, depth of the queue (at most 100,000 rows are counted), what is held and why, breakers, webhooks, drains, chores, jobs.';

revoke execute on function public.webhook_backlog, public.webhook_queue_figures
from public, anon, authenticated, service_role;
grant execute on function public.webhook_backlog, public.webhook_queue_figures
to service_role;
