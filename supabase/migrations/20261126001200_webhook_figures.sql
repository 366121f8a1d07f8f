-- What people and operators see of the queue.

create or replace view public.webhook_deliveries with (security_invoker = true) as
  select
    q.id, q.webhook_id, q.event_id, q.event_type, q.is_test,
    case when q.retry_count = 0 and q.last_error_kind is distinct from 'throttled' then 'pending' else 'retrying' end as status,
    coalesce(q.locked_until > now(), false) as in_flight,
    q.retry_count, q.attempt_count,
    case when waiting.on in ('inactive', 'cancellation') is not true then greatest(q.due_at, waiting.until) end as next_attempt_at,
    q.last_status_code, q.last_error_kind, q.last_error, q.last_duration_ms,
    q.created_at, null::timestamptz as finished_at,
    (select e.payload::text from public.webhook_events e where e.id = q.event_id) as payload_text,
    waiting.on as waits_for
  from public.webhook_queue q
  cross join lateral (
    select case
        when q.is_test then null
        when w.status is distinct from 'active' then 'inactive'
        when w.cancel_before >= q.created_at then 'cancellation'
        when h.paused_until > now() then 'pause'
        when s.held_until > now() then 'receiver'
        when q.due_at > now() then 'time'
      end as on,
      case when not q.is_test then greatest(
        case when h.paused_until > now() then h.paused_until end, case when s.held_until > now() then s.held_until end) end as until
    from (select) as one
    left join public.webhooks w on w.id = q.webhook_id
    left join public.webhook_health h on h.webhook_id = q.webhook_id
    left join public.webhook_holds s on s.webhook_id = q.webhook_id
  ) as waiting
  union all
  select
    h.id, h.webhook_id, h.event_id, h.event_type, h.is_test,
    h.status, false, h.retry_count, h.attempt_count, null,
    h.last_status_code, h.last_error_kind, h.last_error, h.last_duration_ms,
    h.created_at, h.finished_at,
    (select e.payload::text from public.webhook_events e where e.id = h.event_id),
    null
  from public.webhook_history h;
comment on view public.webhook_deliveries is
  'Every delivery with its status. waits_for: inactive (its webhook is switched off or deleted), cancellation (everything that waits is being cancelled), pause (the breaker is open), receiver (it asked to be left alone), time (its own due time); null when nothing but its turn. Page by id, newest first. payload_text is computed only where asked for.';

create view public.webhook_receiver_health with (security_invoker = true) as
  select coalesce(h.webhook_id, s.webhook_id) as webhook_id,
    h.failing_since, coalesce(h.failures, 0) as failures, h.paused_until, s.held_until, s.status_code as held_status
  from public.webhook_health h full join public.webhook_holds s on s.webhook_id = h.webhook_id;
comment on view public.webhook_receiver_health is
  'Of webhooks whose receiver has only failed since its last success, or has asked to be left alone (held_until may be past: it starts again slowly). No row: it answers.';
revoke all on public.webhook_receiver_health from public, anon, authenticated;
grant select on public.webhook_receiver_health to authenticated, service_role;

create or replace function public.list_webhook_activity(webhook_ids uuid[])
returns table (webhook_id uuid, waiting integer, last_delivery_at timestamptz, last_24h json, health json)
language sql stable security invoker
set search_path = ''
as $$
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
  from unnest(webhook_ids) as asked (id)
$$;

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
      (select q.due_at from public.webhook_queue q where q.webhook_id = x.webhook_id and q.lane = 1 order by q.due_at, q.id limit 1)) as h
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
    ) as d
  ) as slot
  where head.due_at <= now() and (gate.closed is not null or slot.free is not null)
$$;
comment on function public.webhook_backlog is
  'The webhooks with a due delivery that nobody is sending: held says why none of them can be claimed now (inactive, paused, throttled, limited), null when one can; oldest_due is when the first of them fell due.';

create function public.webhook_schema_version() returns text
language sql immutable parallel safe
return '20261126001200';
comment on function public.webhook_schema_version is 'Of the newest migration that the database has. Each migration replaces it.';

drop function public.webhook_queue_figures;
drop function public.webhook_queue_age;
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
        'pending', count(*) filter (where (q.locked_until > now()) is not true and q.lane = 0),
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

revoke execute on function public.webhook_backlog, public.webhook_queue_figures, public.webhook_schema_version from public, anon, authenticated;
grant execute on function public.webhook_backlog, public.webhook_queue_figures, public.webhook_schema_version to service_role;
