-- Every delivery, waiting or final. A member of a union that joins is planned apart, and sorted whole: what a delivery waits for
-- is asked of a function.

create function public.webhook_delivery_wait(
  target uuid, for_test boolean, queued_at timestamptz, due timestamptz)
returns table (waits_for text, next_attempt_at timestamptz)
language sql stable security invoker
begin atomic
  select wait.on, case when wait.on in ('inactive', 'cancellation') is not true then greatest(due, wait.until) end
  from (
    select case
        when for_test then null
        when w.status is distinct from 'active' then 'inactive'
        when w.cancel_before >= queued_at then 'cancellation'
        when h.paused_until > now() then 'pause'
        when s.held_until > now() then 'receiver'
        when due > now() then 'time'
      end as on,
      case when not for_test then greatest(
        case when h.paused_until > now() then h.paused_until end, case when s.held_until > now() then s.held_until end) end as until
    from (select) as one
    left join public.webhooks w on w.id = target
    left join public.webhook_health h on h.webhook_id = target
    left join public.webhook_holds s on s.webhook_id = target
  ) as wait;
end;
comment on function public.webhook_delivery_wait is
  'What a queued delivery waits for, and when it is tried next at the earliest (null: nobody can say); one row. The values of waits_for are those of the view webhook_deliveries.';

revoke execute on function public.webhook_delivery_wait
from public, anon, authenticated, service_role;
grant execute on function public.webhook_delivery_wait
to authenticated, service_role;

create view public.webhook_deliveries with (security_invoker = true) as
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

revoke all on public.webhook_deliveries from public, anon, authenticated, service_role;
grant select on public.webhook_deliveries to authenticated, service_role;
