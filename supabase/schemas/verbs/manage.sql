-- What administrators do beyond plain reads and writes of public.webhooks.

create function public.bury_webhook(target uuid) returns void
language plpgsql security definer -- wipes secrets, which nobody may write
set search_path = ''
as $$
begin
  update public.webhooks w set
    deleted_at = now(), status = 'inactive', disabled_reason = null, name = 'deleted', slug = 'deleted', url = 'https://deleted.invalid/',
    description = '', headers = '{}', transform_enabled = false, transform_script = '', conditions = '[]', alert = null
  where w.id = target and w.deleted_at is null;
  if not found then
    return;
  end if;
  delete from public.webhook_secrets s where s.webhook_id = target;
  delete from public.webhook_pace p where p.webhook_id = target;
  delete from public.webhook_health h where h.webhook_id = target;
  delete from public.webhook_holds h where h.webhook_id = target;
  delete from public.webhook_script_versions v where v.webhook_id = target;
  delete from public.webhook_script_drafts d where d.webhook_id = target;
  insert into public.webhook_audit_log (webhook_id, action) values (target, 'deleted');
  update public.webhook_jobs j set state = 'stopped', finished_at = now(), updated_at = now()
  where j.webhook_id = target and j.state = 'running';
  insert into public.webhook_jobs (kind, webhook_id) values ('delete', target);
end
$$;
comment on function public.bury_webhook is
  'Deletes a webhook at once for people and for claims: wipes name, URL, headers, conditions, scripts and secrets. A job ends what waits for it, then the row goes. The log stays.';

create function public.delete_webhook(webhook_id uuid) returns json
language plpgsql security definer -- people may not write jobs
set search_path = ''
as $$
declare
  job public.webhook_jobs;
begin
  if auth.uid() is not null and not public.is_webhook_admin() then
    raise exception 'forbidden' using errcode = '42501';
  end if;
  perform from public.webhooks w where w.id = delete_webhook.webhook_id and w.deleted_at is null;
  if not found then
    raise exception 'webhook_not_found' using errcode = '22023';
  end if;
  perform public.bury_webhook(delete_webhook.webhook_id);
  select j.* into job from public.webhook_jobs j
  where j.webhook_id = delete_webhook.webhook_id and j.kind = 'delete' and j.state = 'running';
  return to_json(job);
end
$$;
comment on function public.delete_webhook is
  'Deletes a webhook at once for people and for claims; answers the job that ends what waits for it. The log stays.';

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
  -- Of one that is active already nothing waits on account of that.
  if waiting = 'cancel' and exists (
    select from public.webhooks w where w.id = activate_webhook.webhook_id and w.status = 'inactive' and w.deleted_at is null
  ) then
    perform public.cancel_waiting_deliveries(activate_webhook.webhook_id);
  end if;
  update public.webhooks w set status = 'active' where w.id = activate_webhook.webhook_id and w.deleted_at is null;
  if not found then
    raise exception 'webhook_not_found' using errcode = '22023';
  end if;
end
$$;
comment on function public.activate_webhook is
  'Activates a webhook; what waits goes out (''send''), or is not sent any more and taken out of the queue by a job (''cancel'').';

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
comment on function public.reveal_webhook_secrets is
  'Both secrets of a webhook, for an administrator; the audit log keeps who asked.';

create function public.rotate_webhook_secret(webhook_id uuid, secret text, overlap interval default '24 hours') returns void
language plpgsql security definer -- nobody may write webhook_secrets
set search_path = ''
as $$
begin
  if auth.uid() is not null and not public.is_webhook_admin() then
    raise exception 'forbidden' using errcode = '42501';
  end if;
  if overlap between interval '0' and interval '7 days' is not true then
    raise exception 'validation_failed' using errcode = '22023', hint = 'overlap is 0 to 7 days.';
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
language plpgsql stable security invoker
set search_path = ''
as $$
#variable_conflict use_column
begin
  if cardinality(webhook_ids) > 1000 then
    raise exception 'validation_failed' using errcode = '22023', hint = 'At most 1,000 ids in one call.';
  end if;
  return query
  select asked.id,
    (select count(*)::integer from (
      select 1 from public.webhook_queue q where q.webhook_id = asked.id limit 1000) as capped),
    greatest(
      (select h.created_at from public.webhook_history h where h.webhook_id = asked.id order by h.id desc limit 1),
      (select max(q.created_at) from (
        select q.created_at from public.webhook_queue q where q.webhook_id = asked.id limit 1000) as q)),
    (select coalesce(json_agg(json_build_object('hour', h.hour, 'succeeded', h.succeeded, 'failed', h.failed, 'retried', h.retried)
        order by h.hour), '[]')
      from (
        select s.hour, sum(s.succeeded) as succeeded, sum(s.failed) as failed, sum(s.retried) as retried
        from public.webhook_stats_hourly s
        where s.webhook_id = asked.id and s.hour > now() - interval '24 hours'
        group by s.hour) as h),
    (select json_build_object('failing_since', x.failing_since, 'failures', x.failures, 'paused_until', x.paused_until,
        'held_until', x.held_until, 'held_status', x.held_status,
        'last_error_kind', x.last_error_kind, 'last_status_code', x.last_status_code)
      from public.webhook_receiver_health x where x.webhook_id = asked.id)
  from unnest(webhook_ids) as asked (id);
end
$$;
comment on function public.list_webhook_activity is
  'For the list: per webhook its waiting deliveries (counted up to 1,000), its last delivery, its last 24 hours and its health.';

create function public.list_webhooks_by_state(
  most integer, term text default null, state text default null, sort text default 'newest', after_id uuid default null) returns json
language sql stable security invoker -- the policies decide which the caller sees
set search_path = ''
-- A webhook's day is looked up: read as a whole, the statistics of all days would be.
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
  with known as materialized (
    select w.id, w.name, w.status, case
        when w.status = 'inactive' then case when w.disabled_reason is null then 4 else 2 end
        when h.paused_until is not null or h.failures >= 5 then 0
        when s.held_until > now() or h.failures > 0 then 1
        when (select sum(d.failed + d.retried) >= 0.01 * sum(d.succeeded + d.failed + d.retried) and sum(d.failed + d.retried) > 0
          from public.webhook_stats_hourly d where d.webhook_id = w.id and d.hour > now() - interval '24 hours') then 1
        else 3 end as rank
    from public.webhooks w
    left join public.webhook_health h on h.webhook_id = w.id
    left join public.webhook_holds s on s.webhook_id = w.id
    where w.deleted_at is null -- the service, for a token, passes the policies
      and w.alert is null
      and (term is null or w.search_text ilike '%' || regexp_replace(term, '[\\%_]', '\\\&', 'g') || '%')
  ), ordered as materialized (
    select k.id, row_number() over (order by
        case when sort = 'trouble' then k.rank end, case when sort = 'name' then lower(k.name) end, k.id desc) as place
    from known k
    where case list_webhooks_by_state.state when 'troubled' then k.rank <= 2 when 'active' then k.status = 'active'
      when 'inactive' then k.status = 'inactive' else true end
  )
  select json_build_object(
    'ids', (select coalesce(json_agg(o.id order by o.place), '[]') from (
      select o.id, o.place from ordered o
      -- By its id also behind one that was deleted meanwhile.
      where after_id is null or case sort when 'newest' then o.id < after_id else o.place > (select x.place from ordered x where x.id = after_id) end
      order by o.place limit most) as o),
    'counts', (select json_build_object('all', count(*), 'troubled', count(*) filter (where k.rank <= 2),
      'active', count(*) filter (where k.status = 'active'), 'inactive', count(*) filter (where k.status = 'inactive')) from known k))
$$;
comment on function public.list_webhooks_by_state is
  'Webhooks, but alerts, whose name or URL contains term: { ids, counts }. state: troubled (down, degraded or switched off by the system), active or inactive. sort: newest, trouble (the worst first) or name; after_id: behind this one. A receiver is down or degraded as receiverHealth has it; a test holds the two together.';

revoke execute on function public.bury_webhook, public.delete_webhook, public.activate_webhook, public.reveal_webhook_secrets,
  public.rotate_webhook_secret, public.list_webhook_activity, public.list_webhooks_by_state
from public, anon, authenticated, service_role;
grant execute on function public.delete_webhook, public.activate_webhook, public.reveal_webhook_secrets,
  public.rotate_webhook_secret, public.list_webhook_activity, public.list_webhooks_by_state
to authenticated, service_role;
