-- What administrators do beyond plain reads and writes of public.webhooks.

create function public.activate_webhook(webhook_id uuid, waiting text default 'send') returns void
language plpgsql security definer
set search_path = ''
as $$
begin
  if auth.uid() is not null and not public.is_webhook_admin() then
    raise exception 'forbidden' using errcode = '42501';
  end if;
  if waiting is null or waiting not in ('send', 'cancel') then
    raise exception 'validation_failed' using errcode = '22023', hint = 'waiting is send or cancel';
  end if;
  if waiting = 'cancel' then
    perform public.fail_waiting_deliveries(webhook_id, 'cancelled', 'Cancelled when the webhook was activated again.', true);
  end if;
  update public.webhooks w set status = 'active' where w.id = activate_webhook.webhook_id;
  if not found then
    raise exception 'webhook_not_found' using errcode = '22023';
  end if;
end
$$;
comment on function public.activate_webhook is
  'Activates a webhook; its waiting deliveries go out (''send'') or end as failed with the kind cancelled (''cancel'').';

create function public.reveal_webhook_secrets(webhook_id uuid) returns json
language plpgsql security definer -- nobody may read webhook_secrets
set search_path = ''
as $$
declare
  secrets json;
begin
  if auth.uid() is not null and not public.is_webhook_admin() then
    raise exception 'forbidden' using errcode = '42501';
  end if;
  select json_build_object('secret_key', s.secret_key, 'signing_secret', s.signing_secret,
      'previous_expires_at', case when s.previous_expires_at > now() then s.previous_expires_at end)
  into secrets
  from public.webhook_secrets s where s.webhook_id = reveal_webhook_secrets.webhook_id;
  if secrets is null then
    raise exception 'webhook_not_found' using errcode = '22023';
  end if;
  insert into public.webhook_audit_log (webhook_id, action) values (webhook_id, 'secrets_revealed');
  return secrets;
end
$$;
comment on function public.reveal_webhook_secrets is 'Both secrets of a webhook, for an administrator; the audit log keeps who asked.';

create function public.rotate_webhook_secret(webhook_id uuid, secret text, overlap interval default '24 hours') returns void
language plpgsql security definer -- nobody may write webhook_secrets
set search_path = ''
as $$
begin
  if auth.uid() is not null and not public.is_webhook_admin() then
    raise exception 'forbidden' using errcode = '42501';
  end if;
  if secret = 'signing_secret' then
    update public.webhook_secrets s set
      previous_signing_secret = s.signing_secret, previous_expires_at = now() + overlap,
      signing_secret = 'whsec_' || encode(public.webhook_random_secret(), 'base64')
    where s.webhook_id = rotate_webhook_secret.webhook_id;
  elsif secret = 'secret_key' then
    update public.webhook_secrets s set secret_key = encode(public.webhook_random_secret(), 'hex')
    where s.webhook_id = rotate_webhook_secret.webhook_id;
  else
    raise exception 'unknown_secret' using errcode = '22023', hint = 'signing_secret or secret_key';
  end if;
  if not found then
    raise exception 'webhook_not_found' using errcode = '22023';
  end if;
  insert into public.webhook_audit_log (webhook_id, action) values (webhook_id, 'secret_rotated');
end
$$;
comment on function public.rotate_webhook_secret is
  'Replaces one secret. A former signing secret goes on signing beside the new one until the overlap ends; a secret_key changes at once.';

create function public.list_webhook_activity(webhook_ids uuid[])
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
    (select json_build_object('failing_since', h.failing_since, 'failures', h.failures, 'paused_until', h.paused_until)
      from public.webhook_health h where h.webhook_id = asked.id)
  from unnest(webhook_ids) as asked (id)
$$;
comment on function public.list_webhook_activity is
  'For the list: per webhook its waiting deliveries (counted up to 1,000), its last delivery, its last 24 hours and its health.';

create function public.webhook_queue_age() returns integer
language sql stable security invoker
set search_path = ''
as $$
  with recursive lane as (
    (select q.webhook_id, q.lane, q.due_at from public.webhook_queue q
      order by q.webhook_id, q.lane, q.due_at, q.id limit 1)
    union all
    select next.webhook_id, next.lane, next.due_at
    from lane cross join lateral (
      select q.webhook_id, q.lane, q.due_at from public.webhook_queue q
      where (q.webhook_id, q.lane) > (lane.webhook_id, lane.lane)
      order by q.webhook_id, q.lane, q.due_at, q.id limit 1
    ) as next
  )
  select case when count(*) > 0 then least(ceil(extract(epoch from now() - min(due_at)) * 1000), 2147483647)::integer end
  from lane
  where due_at <= now() and not exists (
    select from public.webhook_health h where h.webhook_id = lane.webhook_id and h.paused_until > now())
$$;
comment on function public.webhook_queue_age is 'Milliseconds since the oldest due delivery fell due; null when none is due. What a breaker holds back is not due.';

revoke execute on function public.activate_webhook, public.reveal_webhook_secrets, public.rotate_webhook_secret,
  public.list_webhook_activity from public, anon;
grant execute on function public.activate_webhook, public.reveal_webhook_secrets, public.rotate_webhook_secret,
  public.list_webhook_activity to authenticated, service_role;
create function public.webhook_queue_figures() returns json
language sql stable security invoker
set search_path = ''
as $$
  select json_build_object(
    'oldest_due_ms', public.webhook_queue_age(),
    'deliveries', (
      select json_build_object(
        'in_flight', count(*) filter (where q.state = 'in_flight'), 'held', count(*) filter (where q.state = 'held'),
        'pending', count(*) filter (where q.state = 'pending'), 'retrying', count(*) filter (where q.state = 'retrying'))
      from (
        select case when q.locked_until > now() then 'in_flight' when not isfinite(q.due_at) then 'held'
          when q.lane = 0 then 'pending' else 'retrying' end as state
        from public.webhook_queue q limit 100000
      ) as q),
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
      from public.webhooks w))
$$;
comment on function public.webhook_queue_figures is
  'For the metrics: age and depth of the queue (at most 100,000 rows are counted), breakers, webhooks. held: of an inactive webhook.';

revoke execute on function public.webhook_queue_age, public.webhook_queue_figures from public, anon, authenticated;
grant execute on function public.webhook_queue_age, public.webhook_queue_figures to service_role;
