-- Webhooks as a configuration: all of them as they are, and a file of them brought about in one transaction.

create function public.webhook_configuration() returns json
language sql stable security invoker -- the policies decide which the caller sees
set search_path = ''
as $$
  select coalesce(json_agg(c order by c.slug collate "C"), '[]') from (
    select w.id, w.updated_at,
      w.slug, w.name, w.url, w.description, w.events, w.conditions, w.headers, w.status, w.transform_enabled,
      w.transform_script, w.retry_enabled, w.max_retries, w.retry_refusals, w.retry_delay, w.timeout_ms,
      w.seed_signature_enabled, w.body_format, w.max_in_flight, w.rate_limit, w.ordered, w.order_waits, w.stale_retries,
      w.skip_own_changes, w.coalesce_seconds
    from public.webhooks w
    where w.deleted_at is null and not exists (select from public.playground_inboxes i where i.listener = w.id)) as c
$$;
comment on function public.webhook_configuration is
  'The settings of all webhooks, by slug, with header values. Without those of programs that listen for a while.';

create function public.note_webhook_export(exported integer) returns void
language plpgsql security definer -- nobody may write the audit log
set search_path = ''
as $$
begin
  if auth.uid() is not null and not public.is_webhook_admin() then
    raise exception 'forbidden' using errcode = '42501';
  end if;
  insert into public.webhook_audit_log (action, counts) values ('configuration_exported', jsonb_build_object('webhooks', exported));
end
$$;
comment on function public.note_webhook_export is 'Keeps who exported the configuration.';

create function public.import_webhooks(changes jsonb) returns void
language plpgsql security definer -- nobody may write the audit log
set search_path = ''
as $$
declare
  item jsonb;
  held public.webhooks;
begin
  if auth.uid() is not null and not public.is_webhook_admin() then
    raise exception 'forbidden' using errcode = '42501';
  end if;
  for item in select e.value from jsonb_array_elements(changes) as e loop
    held := null;
    if item ->> 'id' is null then
      insert into public.webhooks (
        slug, name, url, description, events, conditions, headers, status, transform_enabled, transform_script, retry_enabled,
        max_retries, retry_refusals, retry_delay, timeout_ms, seed_signature_enabled, body_format, max_in_flight, rate_limit,
        ordered, order_waits, stale_retries, skip_own_changes, coalesce_seconds)
      select
        r.slug, r.name, r.url, r.description, r.events, r.conditions, r.headers, r.status, r.transform_enabled,
        r.transform_script, r.retry_enabled, r.max_retries, r.retry_refusals, r.retry_delay, r.timeout_ms,
        r.seed_signature_enabled, r.body_format, r.max_in_flight, r.rate_limit, r.ordered, r.order_waits, r.stale_retries,
        r.skip_own_changes, r.coalesce_seconds
      from jsonb_populate_record(held, item -> 'settings') as r;
      continue;
    end if;
    select w.* into held from public.webhooks w where w.id = (item ->> 'id')::uuid and w.deleted_at is null for no key update;
    if not found or held.updated_at <> (item ->> 'updated_at')::timestamptz then
      raise exception 'changed_meanwhile' using errcode = '22023';
    end if;
    held := jsonb_populate_record(held, item -> 'settings');
    update public.webhooks w set
      name = held.name, url = held.url, description = held.description, events = held.events, conditions = held.conditions,
      headers = held.headers, status = held.status, transform_enabled = held.transform_enabled,
      transform_script = held.transform_script, retry_enabled = held.retry_enabled, max_retries = held.max_retries,
      retry_refusals = held.retry_refusals, retry_delay = held.retry_delay, timeout_ms = held.timeout_ms,
      seed_signature_enabled = held.seed_signature_enabled, body_format = held.body_format, max_in_flight = held.max_in_flight,
      rate_limit = held.rate_limit, ordered = held.ordered, order_waits = held.order_waits, stale_retries = held.stale_retries,
      skip_own_changes = held.skip_own_changes, coalesce_seconds = held.coalesce_seconds
    where w.id = held.id;
  end loop;
  insert into public.webhook_audit_log (action, counts) values ('configuration_imported', jsonb_build_object(
    'created', (select count(*) from jsonb_array_elements(changes) as e where e.value ->> 'id' is null),
    'changed', (select count(*) from jsonb_array_elements(changes) as e where e.value ->> 'id' is not null)));
end
$$;
comment on function public.import_webhooks is
  'Brings about what a configuration asks for, all of it or nothing: rows of { settings } for a new webhook, { id, updated_at, settings } for one that changes, and has not meanwhile (changed_meanwhile).';

revoke execute on function public.webhook_configuration, public.note_webhook_export, public.import_webhooks
from public, anon, authenticated, service_role;
grant execute on function public.webhook_configuration, public.note_webhook_export, public.import_webhooks
to authenticated, service_role;
