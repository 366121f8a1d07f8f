-- What must hold for a webhook whoever changes it: it has secrets, its changes are in the audit log, and deleting it loses no
-- delivery.

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
comment on function public.after_webhook_insert is
  'Gives a new webhook its secrets, and its pace when it has a rate.';

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
comment on function public.before_webhook_update is
  'Keeps updated_at, and forgets why a webhook was disabled once it is active.';

create function public.after_webhook_update() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  if new.deleted_at is not null or new.cancel_before is distinct from old.cancel_before then
    return null; -- a verb's doing, which keeps its own record
  end if;
  insert into public.webhook_audit_log (webhook_id, action) values (new.id, 'updated');
  if new.status = 'active' and (old.status = 'inactive' or new.url <> old.url or new.headers <> old.headers
    or new.timeout_ms <> old.timeout_ms) then
    delete from public.webhook_health h where h.webhook_id = new.id;
    delete from public.webhook_holds h where h.webhook_id = new.id;
  end if;
  if new.status = 'inactive' and old.status = 'active' then
    -- Nothing is sent any more, and so nothing recovers.
    update public.webhook_troubles t set ended_at = now() where t.webhook_id = new.id and t.ended_at is null;
    delete from public.webhook_alert_messages m where m.webhook_id = new.id;
  end if;
  if old.ordered and old.order_waits and not (new.ordered and new.order_waits) then
    insert into public.webhook_order_notes (webhook_id) values (new.id);
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
  'Forgets the failures of a webhook when it is activated or calls another receiver; keeps its pace. Its queue is not touched.';

create function public.after_webhook_disabled() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  if new.alert is not null then
    return null; -- no alert about an alert
  end if;
  -- Without the URL: it may carry a token.
  perform public.tell_webhooks(new.id, 'webhook.disabled',
    json_build_object('id', new.id, 'name', new.name, 'reason', new.disabled_reason, 'disabled_at', now()));
  return null;
end
$$;
comment on function public.after_webhook_disabled is
  'The event webhook.disabled, for the other webhooks that listen to it and whose conditions it meets.';

create function public.before_webhook_delete() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  if old.deleted_at is null then
    perform public.bury_webhook(old.id);
    return null;
  end if;
  return old;
end
$$;
comment on function public.before_webhook_delete is
  'Whoever deletes a webhook buries it: no request does work that grows with the queue. The row itself is deleted by the job.';

create function public.after_webhook_delete() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  delete from public.webhook_marks m using gone g where m.webhook_id = g.id;
  delete from public.webhook_stopped_records s using gone g where s.webhook_id = g.id;
  delete from public.webhook_troubles t using gone g where t.webhook_id = g.id;
  delete from public.webhook_alert_messages m using gone g where m.webhook_id = g.id or m.alert_id = g.id;
  return null;
end
$$;
comment on function public.after_webhook_delete is 'Forgets what claims kept of webhooks whose rows have gone.';

create function public.before_webhook_events_write() returns trigger
language plpgsql security definer -- people write webhooks, and need not read the registry for it
set search_path = ''
as $$
declare
  unknown text;
begin
  select e.name into unknown from unnest(new.events) as e (name)
  where e.name !~ '\*$' and not exists (select from public.webhook_event_types t where t.name = e.name)
  limit 1;
  if found then
    raise exception 'unknown_event' using errcode = '22023',
      hint = format('%s is not in the registry of event types (webhook_event_types).', unknown);
  end if;
  return new;
end
$$;
comment on function public.before_webhook_events_write is
  'A webhook listens to event types of the registry, and to patterns, whether something fits them or not.';

create function public.keep_script_version() returns trigger
language plpgsql security definer -- nobody may write versions
set search_path = ''
as $$
begin
  if new.deleted_at is null and new.transform_script <> (case tg_op when 'UPDATE' then old.transform_script else '' end) then
    insert into public.webhook_script_versions (webhook_id, script) values (new.id, new.transform_script);
  end if;
  return null;
end
$$;
comment on function public.keep_script_version is
  'Each script that is saved is a version, whoever saves it.';

create function public.give_webhook_slug() returns trigger
language plpgsql security definer -- looks among all webhooks
set search_path = ''
as $$
declare
  base constant text := public.webhook_slug(new.name);
begin
  if new.slug = '' then
    -- Of two of one name at once, the second looks when the first is there.
    perform pg_advisory_xact_lock(hashtextextended('webhook_slug ' || base, 0));
    new.slug := base;
    for n in 2..10 loop
      exit when not exists (select from public.webhooks w where w.slug = new.slug and w.deleted_at is null);
      new.slug := case when n < 10 then base || '-' || n else base || '-' || right(new.id::text, 12) end;
    end loop;
  end if;
  return new;
end
$$;
comment on function public.give_webhook_slug is
  'A new webhook has the slug of its name, with a number behind where another has it. It keeps it when the name changes.';

revoke execute on function public.give_webhook_slug, public.before_webhook_events_write, public.keep_script_version, public.after_webhook_delete, public.after_webhook_insert, public.before_webhook_update, public.after_webhook_update,
  public.after_webhook_disabled, public.before_webhook_delete
from public, anon, authenticated, service_role;

create trigger after_webhook_delete after delete on public.webhooks
  referencing old table as gone for each statement execute function public.after_webhook_delete();
create trigger after_webhook_disabled after update of disabled_reason on public.webhooks
  for each row when (new.disabled_reason is not null and old.disabled_reason is null)
  execute function public.after_webhook_disabled();
create trigger after_webhook_insert after insert on public.webhooks
  for each row execute function public.after_webhook_insert();
create trigger after_webhook_update after update on public.webhooks
  for each row execute function public.after_webhook_update();
create trigger before_webhook_delete before delete on public.webhooks
  for each row execute function public.before_webhook_delete();
create trigger before_webhook_events_write before insert or update of events on public.webhooks
  for each row execute function public.before_webhook_events_write();
create trigger before_webhook_update before update on public.webhooks
  for each row execute function public.before_webhook_update();
create trigger keep_script_version after insert or update of transform_script on public.webhooks
  for each row execute function public.keep_script_version();

create trigger give_webhook_slug before insert on public.webhooks
  for each row execute function public.give_webhook_slug();
