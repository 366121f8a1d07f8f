-- Whether a webhook may be sent to now, and how much.

create view public.webhook_gates with (security_invoker = true) as
  select w.id as webhook_id, w.max_in_flight, w.rate_limit, w.cancel_before,
    interval '20 seconds' + make_interval(secs => w.timeout_ms / 1000.0) as lease,
    case
      when w.status <> 'active' then 'inactive'
      when h.paused_until > now() then 'paused'
      when s.held_until > now() then 'throttled'
    end as closed,
    case
      when w.status = 'active' and (h.paused_until > now() or s.held_until > now()) then greatest(h.paused_until, s.held_until)
    end as opens_at,
    case
      when w.status <> 'active' or h.paused_until > now() or s.held_until > now() then 0
      when h.paused_until is not null then 1
      else least(w.max_in_flight, s.slots)
    end as slots,
    case when h.paused_until <= now() then h.pauses % 2 end as probe_lane,
    p.next_at, m.claimed_due, m.claimed_id
  from public.webhooks w
  left join public.webhook_health h on h.webhook_id = w.id
  left join public.webhook_holds s on s.webhook_id = w.id
  left join public.webhook_pace p on p.webhook_id = w.id
  left join lateral (
    -- A claim that began in the span before may end last.
    select latest.claimed_due, latest.claimed_id
    from (select x.* from public.webhook_marks x where x.webhook_id = w.id order by x.span desc limit 3) as latest
    order by latest.claimed_due desc, latest.claimed_id desc limit 1
  ) as m on true;
comment on view public.webhook_gates is
  'Whether and how widely each webhook is sent to at this moment. closed: why not at all (inactive; paused by its breaker; throttled: the receiver asked for it), opens_at: until when. slots: most requests at once. probe_lane: while the breaker is half open, whether the probe is one not yet tried (0) or one that was (1): they take turns, so that one poisoned delivery holds back no good one. lease: beyond the timeout for transform, queueing in the drain and settling.';

revoke all on public.webhook_gates from public, anon, authenticated, service_role;
grant select on public.webhook_gates to service_role;
