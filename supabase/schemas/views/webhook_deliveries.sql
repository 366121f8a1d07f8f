-- Every delivery, waiting or final. A member of a union that joins is planned apart, and sorted whole: what a delivery waits for
-- is asked of a function.

create function public.webhook_delivery_wait(
  target uuid, for_test boolean, queued_at timestamptz, due timestamptz, leased boolean)
returns table (waits_for text, next_attempt_at timestamptz)
language sql stable security invoker
begin atomic
  select
    case
      when for_test then null
      when w.status is distinct from 'active' then 'inactive'
      when w.cancel_before >= queued_at then 'cancellation'
      when h.paused_until > now() then 'pause'
      when s.held_until > now() then 'receiver'
      when due > now() then 'time'
      when leased then null
      -- As webhook_pace_allowance has it: no request may start now.
      when w.rate_limit is not null
        and p.next_at > now() + make_interval(secs => (greatest(1, w.rate_limit / 10.0) - 1) / w.rate_limit) then 'rate'
      -- What is under way is among the first due ones, as in a claim.
      when (
        select count(*)
        from (
          (select q.locked_until from public.webhook_queue q
            where q.webhook_id = target and q.lane = 0 and q.due_at <= now()
            order by q.due_at, q.id limit w.max_in_flight)
          union all
          (select q.locked_until from public.webhook_queue q
            where q.webhook_id = target and q.lane = 1 and q.due_at <= now()
            order by q.due_at, q.id limit (w.max_in_flight + 1) / 2)
        ) as head
        where head.locked_until > now()
      ) >= case when h.paused_until is not null then 1 else least(w.max_in_flight, s.slots) end
        then case when h.paused_until is not null then 'pause' else 'limit' end
    end,
    case
      when for_test then due
      when w.status = 'active' and (w.cancel_before >= queued_at) is not true then greatest(
        due,
        case when h.paused_until > now() then h.paused_until end,
        case when s.held_until > now() then s.held_until end)
    end
  from (select) as one
  left join public.webhooks w on w.id = target
  left join public.webhook_health h on h.webhook_id = target
  left join public.webhook_holds s on s.webhook_id = target
  left join public.webhook_pace p on p.webhook_id = target;
end;
comment on function public.webhook_delivery_wait is
  'What a queued delivery waits for, and when it is tried next at the earliest (null: nobody can say); one row. The values of waits_for are those of the view webhook_deliveries. leased: it is being sent.';

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
      select x.next_attempt_at from public.webhook_delivery_wait(q.webhook_id, q.is_test, q.created_at, q.due_at, q.locked_until > now()) x) end as next_attempt_at,
    q.last_status_code, q.last_error_kind, q.last_error, q.last_duration_ms,
    q.created_at, null::timestamptz as finished_at,
    case when q.merged is null then (select e.payload::text from public.webhook_events e where e.id = q.event_id)
      else public.webhook_merged_payload(q.merged) end as payload_text,
    (select case when q.turn = 2 and (x.waits_for is null or x.waits_for in ('time', 'rate', 'limit')) then 'record' else x.waits_for end
      from public.webhook_delivery_wait(q.webhook_id, q.is_test, q.created_at, q.due_at, q.locked_until > now()) x) as waits_for,
    (select public.webhook_payload_text(e.payload, 'id') from public.webhook_events e where e.id = q.event_id) as record_id,
    (select coalesce(e.record_label, public.webhook_record_label(e.event_type, e.payload)) from public.webhook_events e where e.id = q.event_id) as record_label,
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
    null,
    (select public.webhook_payload_text(e.payload, 'id') from public.webhook_events e where e.id = h.event_id),
    (select coalesce(e.record_label, public.webhook_record_label(e.event_type, e.payload)) from public.webhook_events e where e.id = h.event_id),
    null, h.merged
  from public.webhook_history h;
comment on view public.webhook_deliveries is
  'Every delivery with its status. waits_for: inactive (its webhook is switched off or deleted), cancellation (everything that waits is being cancelled), pause (the breaker is open, or lets another one try), receiver (it asked to be left alone), record (another delivery of its record goes before it: follows says which, or which failed one somebody has to decide upon), time (its own due time), rate (the requests per second of its webhook are used up), limit (all its requests at once are under way); null when nothing but its turn, or it is being sent. Page by id, newest first. payload_text, record_id and record_label are read from the payload, where asked for: search_webhook_deliveries finds by them. merged: the events that it brings as one.';

revoke all on public.webhook_deliveries from public, anon, authenticated, service_role;
grant select on public.webhook_deliveries to authenticated, service_role;
