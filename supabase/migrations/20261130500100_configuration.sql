-- Webhooks as a configuration: each has a slug by which a file names it, and a file is brought about in one transaction.

create function public.webhook_slug(name text) returns text
language sql immutable parallel safe
set search_path = ''
as $$
  select coalesce(nullif(btrim(left(regexp_replace(lower(regexp_replace(normalize(name, NFKD), '[\u0300-\u036f]', '', 'g')),
    '[^a-z0-9]+', '-', 'g'), 50), '-'), ''), 'webhook')
$$;
comment on function public.webhook_slug is
  'A name in small letters, digits and hyphens, 50 at most: what a configuration calls a webhook where nobody said otherwise.';

revoke execute on function public.webhook_slug from public, anon, authenticated, service_role;
grant execute on function public.webhook_slug to authenticated, service_role;

alter table public.webhooks add column slug text not null default '';
-- Nobody has changed anything: no version, no word in the audit log.
alter table public.webhooks disable trigger user;
update public.webhooks w set slug = case when w.deleted_at is not null then 'deleted' when n.place = 1 then n.base else n.base || '-' || right(w.id::text, 12) end
from (
  select x.id, public.webhook_slug(x.name) as base,
    row_number() over (partition by public.webhook_slug(x.name) order by x.deleted_at is not null, x.id) as place
  from public.webhooks x) as n
where w.id = n.id;
alter table public.webhooks enable trigger user;
alter table public.webhooks add check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and char_length(slug) <= 63);
create unique index webhooks_slug on public.webhooks (slug) where deleted_at is null;
comment on column public.webhooks.slug is
  'What a configuration calls it: unique among those that are not deleted, made from the name, kept when the name changes.';

grant insert (slug), update (slug) on public.webhooks to authenticated;

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

revoke execute on function public.give_webhook_slug from public, anon, authenticated, service_role;

create trigger give_webhook_slug before insert on public.webhooks
  for each row execute function public.give_webhook_slug();

create or replace function public.bury_webhook(target uuid) returns void
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

alter table public.webhook_audit_log drop constraint webhook_audit_log_action_check,
  add constraint webhook_audit_log_action_check check (action in ('created', 'updated', 'deleted', 'secrets_revealed', 'secret_rotated', 'record_erased',
    'token_made', 'token_revoked', 'token_used', 'configuration_exported', 'configuration_imported')),
  drop constraint webhook_audit_log_subject_check,
  add constraint webhook_audit_log_subject_check check (
    num_nonnulls(webhook_id, record_digest, about_token) = case when action like 'configuration\_%' then 0 else 1 end
    and (record_digest is not null) = (action = 'record_erased') and (about_token is not null) = (action like 'token\_%'));
comment on table public.webhook_audit_log is
  'Who created, changed or deleted a webhook, who saw or rotated its secrets, who erased a record, who made or revoked a token, and from where it was used, who exported or imported the configuration.';
comment on column public.webhook_audit_log.counts is
  'What an erasure took, on the row of the last of its records; how many webhooks a configuration had, made or changed.';

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

create or replace function public.webhook_schema_version() returns text
language sql immutable parallel safe
return '20261130500100';
