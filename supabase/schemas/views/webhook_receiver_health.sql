-- How receivers fare.

create view public.webhook_receiver_health with (security_invoker = true) as
  select coalesce(h.webhook_id, s.webhook_id) as webhook_id,
    h.failing_since, coalesce(h.failures, 0) as failures, h.paused_until, s.held_until, s.status_code as held_status,
    h.last_error_kind, h.last_status_code
  from public.webhook_health h full join public.webhook_holds s on s.webhook_id = h.webhook_id;
comment on view public.webhook_receiver_health is
  'Of webhooks whose receiver has only failed since its last success, or has asked to be left alone (held_until may be past: it starts again slowly). No row: it answers. last_error_kind and last_status_code are of the latest failure.';

revoke all on public.webhook_receiver_health from public, anon, authenticated, service_role;
grant select on public.webhook_receiver_health to authenticated, service_role;
