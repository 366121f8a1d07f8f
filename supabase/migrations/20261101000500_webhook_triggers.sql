-- What must hold for a webhook whoever changes it: it has secrets, its waiting deliveries stop and go with its
-- status, and deleting it loses no delivery.

create function public.after_webhook_insert() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  insert into public.webhook_secrets (webhook_id) values (new.id);
  if new.rate_limit is not null then
    insert into public.webhook_pace (webhook_id) values (new.id);
  end if;
  insert into public.webhook_audit_log (webhook_id, action) values (new.id, 'created');
  return null;
end
$$;
comment on function public.after_webhook_insert is 'Gives a new webhook its secrets, and its pace when it has a rate.';

create function public.before_webhook_update() returns trigger
language plpgsql security invoker
set search_path = ''
as $$
begin
  new.updated_at := now();
  if new.status = 'active' then
    new.disabled_reason := null;
  end if;
  return new;
end
$$;
comment on function public.before_webhook_update is 'Keeps updated_at, and forgets why a webhook was disabled once it is active.';

create function public.after_webhook_update() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  insert into public.webhook_audit_log (webhook_id, action) values (new.id, 'updated');
  if new.status is distinct from old.status then
    perform public.lock_queued_deliveries(new.id);
  end if;
  if new.status = 'inactive' and old.status = 'active' then
    -- Rows in flight are set aside as well: their drain still settles them by id and fence.
    update public.webhook_queue q set resume_at = q.due_at, due_at = 'infinity'
    where q.webhook_id = new.id and not q.is_test and isfinite(q.due_at);
  elsif new.status = 'active' and old.status = 'inactive' then
    -- What is still in flight keeps its place at the head, where claim counts it against max_in_flight.
    update public.webhook_queue q set
      due_at = case when q.locked_until > now() then coalesce(q.resume_at, now()) else greatest(q.resume_at, now()) end,
      resume_at = null
    where q.webhook_id = new.id and not isfinite(q.due_at);
  end if;
  if new.status = 'active' and (old.status = 'inactive' or new.url <> old.url or new.headers <> old.headers
    or new.timeout_ms <> old.timeout_ms) then
    delete from public.webhook_health h where h.webhook_id = new.id;
  end if;
  if new.rate_limit is null then
    delete from public.webhook_pace p where p.webhook_id = new.id;
  else
    insert into public.webhook_pace (webhook_id) values (new.id) on conflict do nothing;
  end if;
  return null;
end
$$;
comment on function public.after_webhook_update is
  'Sets the waiting deliveries of a webhook aside while it is inactive, and makes them due again when it is active. Forgets its failures when it is activated or calls another receiver.';

create function public.after_webhook_disabled() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  with subscriber as materialized (
    select w.id from public.webhooks w where w.status = 'active' and w.events @> array['webhook.disabled']
  ), event as (
    -- Without the URL: it may carry a token.
    insert into public.webhook_events (event_type, payload, deliveries)
    select 'webhook.disabled',
      json_build_object('id', new.id, 'name', new.name, 'reason', new.disabled_reason, 'disabled_at', now()),
      (select count(*) from subscriber)
    returning id
  )
  insert into public.webhook_queue (webhook_id, event_id, event_type)
  select s.id, e.id, 'webhook.disabled' from subscriber s cross join event e;
  return null;
end
$$;
comment on function public.after_webhook_disabled is
  'The event webhook.disabled, for the other webhooks that listen to it.';

create function public.before_webhook_delete() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  perform public.fail_waiting_deliveries(old.id, 'webhook_deleted', 'The webhook was deleted.');
  delete from public.webhook_health h where h.webhook_id = old.id;
  insert into public.webhook_audit_log (webhook_id, action) values (old.id, 'deleted');
  return old;
end
$$;
comment on function public.before_webhook_delete is 'Ends the waiting deliveries of a webhook as failed before it goes.';

create function public.lock_queued_deliveries(target uuid) returns void
language plpgsql security invoker
set search_path = ''
as $$
begin
  perform from (
    select from public.webhook_queue q where q.webhook_id = target order by q.id for update
  ) as locked;
end
$$;
comment on function public.lock_queued_deliveries is
  'Locks every queued delivery of a webhook in the order of ids, as settle does: no deadlock between the two.';

create function public.fail_waiting_deliveries(
  target uuid, error_kind text, error_message text, only_set_aside boolean default false
) returns integer
language sql security invoker
set search_path = ''
as $$
  select public.lock_queued_deliveries(target);
  with taken as (
    delete from public.webhook_queue q
    where q.webhook_id = target
      and (not only_set_aside or (not isfinite(q.due_at) and (q.locked_until is null or q.locked_until < now())))
    returning q.*
  ), ended as (
    insert into public.webhook_history (id, webhook_id, event_id, event_type, is_test, status, retry_count, attempt_count, fence,
      last_status_code, last_error_kind, last_error, last_duration_ms, created_at)
    select t.id, t.webhook_id, t.event_id, t.event_type, t.is_test, 'failed', t.retry_count, t.attempt_count, t.fence,
      t.last_status_code, fail_waiting_deliveries.error_kind, fail_waiting_deliveries.error_message, t.last_duration_ms, t.created_at
    from taken t
    returning 1
  )
  select count(*)::integer from ended
$$;
comment on function public.fail_waiting_deliveries is
  'Moves the queued deliveries of a webhook to the history as failed, with the given reason: all, or only those that wait because it is inactive and are not in flight. Answers how many.';

create trigger after_webhook_insert after insert on public.webhooks
  for each row execute function public.after_webhook_insert();
create trigger before_webhook_update before update on public.webhooks
  for each row execute function public.before_webhook_update();
create trigger after_webhook_update after update on public.webhooks
  for each row execute function public.after_webhook_update();
create trigger after_webhook_disabled after update of disabled_reason on public.webhooks
  for each row when (new.disabled_reason is not null and old.disabled_reason is null)
  execute function public.after_webhook_disabled();
create trigger before_webhook_delete before delete on public.webhooks
  for each row execute function public.before_webhook_delete();

revoke execute on function public.fail_waiting_deliveries, public.lock_queued_deliveries from public, anon, authenticated;
grant execute on function public.fail_waiting_deliveries, public.lock_queued_deliveries to service_role;
