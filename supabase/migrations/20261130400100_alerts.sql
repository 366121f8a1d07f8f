-- Alerts: webhooks that tell people, by e-mail or in a chat, of other webhooks that are in trouble.

create function public.webhook_alert_is_valid(alert jsonb) returns boolean
language sql immutable parallel safe
set search_path = ''
as $$
  select coalesce(jsonb_typeof(alert) = 'object' and octet_length(alert::text) <= 20000
    and alert - array['channel', 'locale', 'webhooks', 'emails'] = '{}'
    and alert ->> 'channel' = any (array['email', 'slack', 'teams', 'discord', 'google_chat', 'webhook'])
    and alert ->> 'locale' = any (array['fr', 'en'])
    and case jsonb_typeof(alert -> 'webhooks')
      when 'null' then true when 'array' then jsonb_array_length(alert -> 'webhooks') between 1 and 200 else false end
    and case jsonb_typeof(alert -> 'emails')
      when 'array' then jsonb_array_length(alert -> 'emails') between (case alert ->> 'channel' when 'email' then 1 else 0 end) and 20
      else false end, false)
$$;
comment on function public.webhook_alert_is_valid is
  'Whether this is what makes a webhook an alert: { channel, locale, webhooks, emails }. Mirrors lib/domain/alert.ts.';
revoke execute on function public.webhook_alert_is_valid from public, anon, authenticated, service_role;
grant execute on function public.webhook_alert_is_valid to authenticated, service_role;

alter table public.webhooks add column alert jsonb,
  drop constraint webhooks_url_check,
  add constraint webhooks_url_check check (char_length(url) <= 2048
    and case when alert ->> 'channel' = 'email' then url ^@ 'mailto:' else public.webhook_url_is_valid(url) end),
  add constraint webhooks_alert_check check (alert is null or public.webhook_alert_is_valid(alert)
    and events <@ array['webhook.failing', 'webhook.recovered', 'webhook.disabled', 'delivery.exhausted']);
comment on column public.webhooks.alert is
  'What makes it an alert: how people are told (channel), in which language, of which webhooks (null: of all), at which e-mail addresses. Null: a webhook like others.';
grant insert (alert), update (alert) on public.webhooks to authenticated;

create table public.webhook_alert_messages (
  alert_id uuid not null,
  webhook_id uuid not null,
  told_at timestamptz not null default now(),
  primary key (alert_id, webhook_id)
);

comment on table public.webhook_alert_messages is
  'Which alerts have told that a webhook is in trouble, and not yet that it is over: so one message says each. No foreign keys, as in webhook_health.';

create index webhook_alert_messages_webhook on public.webhook_alert_messages (webhook_id);

alter table public.webhook_alert_messages enable row level security;
revoke all on public.webhook_alert_messages from public, anon, authenticated;
grant all on public.webhook_alert_messages to service_role;

create or replace function public.tell_webhooks(about uuid, event_type text, payload json, record_label text default null) returns void
language sql security invoker
set search_path = ''
as $$
  with subscriber as materialized (
    select w.id, w.alert is not null as is_alert,
      w.condition_path is null or jsonb_path_match(payload::jsonb, w.condition_path, '{}', true) is true as meets
    from public.webhooks w
    where w.status = 'active' and w.id <> about
      and w.events && array[tell_webhooks.event_type, split_part(tell_webhooks.event_type, '.', 1) || '.*']
      and (w.alert is null or jsonb_typeof(w.alert -> 'webhooks') = 'null' or w.alert -> 'webhooks' ? about::text)
  ), began as (
    -- An alert says once that a webhook is in trouble, whatever else comes of it, and once that all of it is over.
    insert into public.webhook_alert_messages (alert_id, webhook_id)
    select s.id, about from subscriber s
    where s.is_alert and s.meets and tell_webhooks.event_type in ('webhook.failing', 'delivery.exhausted')
    on conflict do nothing
    returning alert_id
  ), over as (
    delete from public.webhook_alert_messages m using subscriber s
    where m.alert_id = s.id and m.webhook_id = about and tell_webhooks.event_type = 'webhook.recovered'
      and not exists (select from public.webhook_troubles t where t.webhook_id = about and t.ended_at is null)
    returning m.alert_id
  ), told as materialized (
    select s.id from subscriber s
    where s.meets and (not s.is_alert or tell_webhooks.event_type = 'webhook.disabled'
      or s.id in (select b.alert_id from began b) or s.id in (select o.alert_id from over o))
  ), event as (
    insert into public.webhook_events (event_type, payload, record_label, origin, origin_webhook, deliveries, left_out)
    values (tell_webhooks.event_type, tell_webhooks.payload, left(tell_webhooks.record_label, 200), 'system', about,
      (select count(*) from told), (select count(*) from subscriber s where not s.meets and not s.is_alert))
    returning id
  )
  insert into public.webhook_queue (webhook_id, event_id, event_type)
  select t.id, e.id, tell_webhooks.event_type from told t cross join event e
$$;
comment on function public.tell_webhooks is
  'An event of the system''s own about a webhook, for the others that listen to it and whose conditions it meets; for alerts that have not said so yet.';

create or replace function public.webhook_delivery_batch(leased public.webhook_queue[]) returns json
language sql stable security invoker
set search_path = ''
as $$
  with item as materialized (select * from unnest(leased))
  select json_build_object(
    'webhooks', coalesce((
      select json_object_agg(w.id, json_build_object(
        'url', w.url, 'headers', w.headers, 'body_format', w.body_format, 'timeout_ms', w.timeout_ms,
        'transform_script', case when w.transform_enabled then w.transform_script end,
        'retry_enabled', w.retry_enabled, 'retry_refusals', w.retry_refusals,
        'max_retries', w.max_retries, 'retry_delay', w.retry_delay,
        'max_in_flight', w.max_in_flight, 'seed_signature_enabled', w.seed_signature_enabled,
        'secret_key', s.secret_key, 'alert', w.alert,
        'signing_secrets', case when s.previous_expires_at > now()
          then json_build_array(s.signing_secret, s.previous_signing_secret)
          else json_build_array(s.signing_secret) end))
      from public.webhooks w join public.webhook_secrets s on s.webhook_id = w.id
      where w.id in (select i.webhook_id from item i)), '{}'),
    'events', coalesce((
      select json_object_agg(e.id, json_build_object(
        -- As text: no depth and no number in it can spoil the answer for the others.
        'event_type', e.event_type, 'payload', e.payload::text, 'occurred_at', e.occurred_at, 'traceparent', e.traceparent,
        'sequence', e.sequence, 'origin', case when e.origin = 'backfill' then e.origin end))
      from public.webhook_events e where e.id in (select i.event_id from item i)), '{}'),
    'items', coalesce((
      select json_agg(json_build_object(
        'id', i.id, 'fence', i.fence, 'webhook_id', i.webhook_id, 'event_id', i.event_id,
        'retry_count', i.retry_count, 'attempt_count', i.attempt_count, 'is_test', i.is_test,
        'lease_ms', (extract(epoch from i.locked_until - clock_timestamp()) * 1000)::integer))
      from item i), '[]'),
    'apart', (
      select json_object_agg(i.id, json_build_object(
        'payload', case when i.merged is not null then public.webhook_merged_payload(i.merged) end,
        'superseded_by', case when i.retry_count > 0 then (
          select s.delivery_id from public.webhook_record_states s join public.webhooks w on w.id = s.webhook_id
          where s.webhook_id = i.webhook_id and s.record_id = i.record_id and s.sequence > i.sequence and w.stale_retries = 'skip') end))
      from item i where i.record_id is not null and (i.merged is not null or i.retry_count > 0))
  )
$$;
comment on function public.webhook_delivery_batch is
  'Everything a drain needs to attempt the leased deliveries: each webhook''s configuration once, each event once, the items.';

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

create or replace function public.list_webhooks_by_state(
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

create or replace function public.after_webhook_update() returns trigger
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

create or replace function public.after_webhook_disabled() returns trigger
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

create or replace function public.after_webhook_delete() returns trigger
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

create or replace function public.webhook_listens(events text[], event_type text) returns boolean
language sql immutable parallel safe
return events && array[event_type, split_part(event_type, '.', 1) || '.*'] or ('*' = any (events) and not public.webhook_event_is_system(event_type));
comment on function public.webhook_listens is
  'Whether who listens to this list of names and patterns gets events of this type.';

create or replace function public.get_webhook_event(event_id uuid) returns json
language sql stable security invoker -- the policies decide what the caller sees
set search_path = ''
as $$
  with event as materialized (
    select e.*, public.webhook_jsonb(e.payload) as value from public.webhook_events e where e.id = get_webhook_event.event_id
  ), delivery as materialized (
    select d.* from public.webhook_event_deliveries(get_webhook_event.event_id) d
  )
  select json_build_object(
    'id', e.id, 'occurred_at', e.occurred_at, 'event_type', e.event_type, 'record_id', public.webhook_payload_text(e.payload, 'id'),
    'related_id', public.webhook_payload_text(e.payload, 'lead_id'),
    'record_label', coalesce(e.record_label, public.webhook_record_label(e.event_type, e.payload)), 'origin', e.origin,
    'triggered_by', e.triggered_by, 'deliveries', e.deliveries, 'left_out', e.left_out, 'payload_text', e.payload::text,
    'sent_to', (
      select coalesce(json_agg(json_build_object('id', d.id, 'webhook_id', d.webhook_id, 'webhook_name', w.name, 'status', d.status,
        'attempt_count', d.attempt_count, 'last_status_code', d.last_status_code, 'last_error_kind', d.last_error_kind,
        'created_at', d.created_at, 'finished_at', d.finished_at, 'in_flight', coalesce(s.in_flight, false),
        'next_attempt_at', s.next_attempt_at, 'waits_for', s.waits_for, 'merged', s.merged) order by d.id), '[]')
      from delivery d
      left join public.webhooks w on w.id = d.webhook_id and w.deleted_at is null
      left join lateral (
        select x.in_flight, x.next_attempt_at, x.waits_for, x.merged from public.webhook_deliveries x where x.id = d.id
      ) as s on true),
    'not_sent_to', (
      select coalesce(json_agg(json_build_object('webhook_id', w.id, 'webhook_name', w.name, 'matches_now', now_.listens and now_.meets and e.erased_at is null and not ((w.skip_own_changes or e.origin = 'system') and e.origin_webhook is not distinct from w.id), 'reason', case
          when e.origin in ('test', 'backfill') then 'for_another'
          when w.created_at > e.occurred_at then 'created_later'
          when now_.listens and e.origin = 'system' and e.origin_webhook = w.id then 'about_itself'
          when w.skip_own_changes and e.origin_webhook = w.id then 'own_change'
          -- What its settings were before their last change is not kept.
          when w.updated_at > e.occurred_at then 'unknown'
          when not now_.listens then 'not_subscribed'
          when w.status = 'inactive' then 'inactive_at_the_time'
          when e.erased_at is not null and w.condition_path is not null then 'erased'
          when not now_.meets then 'condition'
          else 'unknown' end) order by w.name, w.id), '[]')
      from public.webhooks w
      cross join lateral (
        select public.webhook_listens(w.events, e.event_type) as listens,
          w.condition_path is null or jsonb_path_match(e.value, w.condition_path, '{}', true) is true as meets) as now_
      where w.deleted_at is null and w.alert is null and not exists (select from delivery d where d.webhook_id = w.id)))
  from event e
$$;
comment on function public.get_webhook_event is
  'An event with its deliveries (sent_to), and each webhook but alerts that has none (not_sent_to), with why: not_subscribed, condition, inactive_at_the_time, created_later, own_change (it came of the webhook''s own account), about_itself (the system tells of it there), for_another (a test or a backfill is for one webhook), erased (there is nothing left to ask its conditions of), or unknown where its settings were changed since. matches_now: as the webhook is now, it would get it. Null: there is no such event.';

insert into public.webhook_failure_causes (name, title, cause, cure) values
  ('smtp_refused', '{"fr":"E-mail refusé","en":"E-mail refused"}', '{"fr":"Le serveur d’e-mail a refusé le message ou la connexion ; le détail est dans le message.","en":"The mail server refused the message or the connection; the message says more."}', '{"fr":"Vérifiez les adresses de l’alerte, et SMTP_URL et SMTP_FROM avec la personne qui exploite le service.","en":"Check the addresses of the alert, and SMTP_URL and SMTP_FROM with whoever runs the service."}'),
  ('smtp_unset', '{"fr":"Aucun serveur d’e-mail","en":"No mail server"}', '{"fr":"Cette installation ne sait pas par où envoyer un e-mail : SMTP_URL n’est pas renseigné.","en":"This installation does not know where to send e-mail: SMTP_URL is not set."}', '{"fr":"Demandez à la personne qui exploite le service de renseigner SMTP_URL.","en":"Ask whoever runs the service to set SMTP_URL."}');

create or replace function public.webhook_schema_version() returns text
language sql immutable parallel safe
return '20261130400100';

-- What the system tells of a webhook is not for that one, whenever it is asked.

comment on column public.webhook_events.origin_webhook is
  'The webhook on whose account somebody made the change, as they said (X-DevLink-Origin, devlink.origin); of what the system tells, the one that it tells of. Null for none.';

create or replace function public.run_missing_step(job public.webhook_jobs, max_rows integer) returns jsonb
language plpgsql security invoker
set search_path = ''
set enable_seqscan = off
set enable_bitmapscan = off
set enable_mergejoin = off
set enable_hashjoin = off
as $$
declare
  most_waiting constant integer := 500; -- deliveries of the webhook: what is live stands behind no more than these
  piece constant integer := 1000; -- events that are looked at in one statement
  longest constant interval := '100 milliseconds';
  began constant timestamptz := clock_timestamp();
  types constant text[] := case when jsonb_typeof(job.params -> 'types') = 'array' then array(select jsonb_array_elements_text(job.params -> 'types')) end;
  below constant uuid := public.webhook_uuid_v7_floor((job.params ->> 'until')::timestamptz);
  at uuid := coalesce((job.params ->> 'at_event')::uuid, public.webhook_uuid_v7_floor((job.params ->> 'since')::timestamptz));
  w public.webhooks;
  room integer;
  size integer;
  last uuid;
  found integer := 0;
  moved integer := 0;
begin
  select x.* into w from public.webhooks x where x.id = job.webhook_id and x.deleted_at is null;
  if w.id is null then
    return jsonb_build_object('moved', 0, 'finished', true, 'params', job.params);
  end if;
  select least(max_rows, most_waiting - count(*)) into room
  from (select from public.webhook_queue q where q.webhook_id = w.id limit most_waiting) as x;
  if w.status <> 'active' or room <= 0 then
    return jsonb_build_object('moved', 0, 'finished', false, 'params', job.params); -- later, when it has room
  end if;

  loop
    -- One statement, and so one sight of queue and history: between them a delivery moves.
    with looked as materialized (
      select e.id, e.event_type, e.payload, e.origin, e.erased_at, e.origin_webhook, e.sequence from public.webhook_events e where e.id > at and e.id < below order by e.id limit piece
    ), queued as materialized (
      select q.event_id from public.webhook_queue q where q.webhook_id = w.id
    ), missing as materialized (
      select l.id, l.event_type, octet_length(l.payload::text) as payload_bytes, l.sequence,
        case when (w.ordered or w.stale_retries = 'skip') and l.sequence is not null then public.webhook_record_key(l.payload ->> 'id') end as record_id
      from looked l
      where public.webhook_listens(w.events, l.event_type) and (types is null or l.event_type = any (types))
        and (l.origin in ('test', 'backfill')) is not true and l.erased_at is null
        and not ((w.skip_own_changes or l.origin = 'system') and l.origin_webhook is not distinct from w.id)
        and l.id <> all (array(select q.event_id from queued q))
        and not exists (select from public.webhook_late_deliveries x where x.webhook_id = w.id and x.event_id = l.id)
        and not exists (
          select from public.webhook_history h
          where h.event_id = l.id and h.webhook_id = w.id
            and h.id >= public.webhook_uuid_v7_floor(public.webhook_uuid_v7_time(l.id) - interval '1 minute')
            and h.id < public.webhook_uuid_v7_floor(public.webhook_uuid_v7_time(l.id) + interval '1 hour'))
        and (w.condition_path is null or jsonb_path_match(public.webhook_jsonb(l.payload), w.condition_path, '{}', true))
      order by l.id limit room
    ), noted as (
      insert into public.webhook_late_deliveries (webhook_id, event_id, delivery_id)
      select w.id, m.id, public.webhook_uuid_v7() from missing m order by m.id
      on conflict do nothing
      returning event_id, delivery_id
    ), sent as (
      insert into public.webhook_queue (id, webhook_id, event_id, event_type, payload_bytes, record_id, sequence, turn)
      select n.delivery_id, w.id, n.event_id, m.event_type, m.payload_bytes, m.record_id,
        case when m.record_id is not null then m.sequence end, case when m.record_id is not null and w.ordered then 0 end
      from noted n join missing m on m.id = n.event_id
    ), counted as (
      update public.webhook_events e set deliveries = e.deliveries + 1 where e.id = any (array(select n.event_id from noted n))
    )
    select (select count(*) from noted), (select count(*) from missing), (select count(*) from looked),
      case when (select count(*) from missing) = room then (select m.id from missing m order by m.id desc limit 1)
        else (select l.id from looked l order by l.id desc limit 1) end
    into moved, found, size, last;
    at := coalesce(last, at);
    exit when size < piece or found > 0 or clock_timestamp() - began > longest;
  end loop;
  return jsonb_build_object('moved', moved, 'finished', size < piece and found < room, 'params', job.params || jsonb_build_object('at_event', at));
end
$$;
comment on function public.run_missing_step is
  'One step of sending what a webhook never had: makes deliveries of the next such events, while fewer than 500 wait for the webhook and it is active. Answers { moved, finished, params } with where it is in params.';

create or replace function public.reconcile_webhook(
  target uuid, since timestamptz, until timestamptz, types text[] default null, patience interval default '3 seconds'
) returns table (event_type text, happened bigint, delivered bigint, waiting bigint, failed bigint, skipped bigint, not_matched bigint, never_had bigint)
language plpgsql stable security invoker
set search_path = ''
as $$
#variable_conflict use_column
declare
  w public.webhooks;
  from_id uuid := public.webhook_uuid_v7_floor(since);
  below constant uuid := public.webhook_uuid_v7_floor(until);
  oldest constant uuid := (select e.id from public.webhook_events e order by e.id limit 1);
begin
  if auth.uid() is not null and not public.is_webhook_admin() then
    raise exception 'forbidden' using errcode = '42501';
  end if;
  select x.* into w from public.webhooks x where x.id = target and x.deleted_at is null;
  if not found then
    raise exception 'webhook_not_found' using errcode = '22023';
  end if;
  -- Deliveries of events that were removed with age are of nothing that is told here.
  from_id := greatest(from_id, oldest);
  if oldest is null or from_id >= below then
    return;
  end if;
  return query
  with outcome as materialized (
    select o.event_type,
      coalesce(sum(o.n) filter (where o.status = 'success'), 0) as delivered, coalesce(sum(o.n) filter (where o.status = 'waiting'), 0) as waiting,
      coalesce(sum(o.n) filter (where o.status = 'failed'), 0) as failed, coalesce(sum(o.n) filter (where o.status = 'skipped'), 0) as skipped
    from public.count_webhook_outcomes(target, from_id, below) o
    where types is null or o.event_type = any (types)
    group by 1
  ), event as materialized (
    select t.name, public.webhook_listens(w.events, t.name) as listens, (
      select count(*) from public.webhook_events e
      where e.event_type = t.name and e.id >= from_id and e.id < below and (e.origin in ('test', 'backfill')) is not true) as happened
    from public.webhook_event_types t
    where (types is null or t.name = any (types))
      and (public.webhook_listens(w.events, t.name) or t.name in (select o.event_type from outcome o))
  ), rest as materialized (
    select e.name, e.listens, e.happened, coalesce(o.delivered, 0)::bigint as delivered, coalesce(o.waiting, 0)::bigint as waiting,
      coalesce(o.failed, 0)::bigint as failed, coalesce(o.skipped, 0)::bigint as skipped,
      e.happened - coalesce(o.delivered + o.waiting + o.failed + o.skipped, 0)::bigint as rest
    from event e left join outcome o on o.event_type = e.name
  ), asked as materialized (
    select array_agg(r.name) as types from rest r where w.condition_path is not null and r.listens and r.rest > 0
  ), unsent as materialized (
    -- Of what was erased nothing is left to send; what came of the webhook's own account, or tells of itself, is not for it.
    select e.event_type, count(*) as n
    from (
      select x.id, x.event_type, x.origin from public.webhook_events x
      where x.erased_at is not null and x.id >= from_id and x.id < below
      union
      select x.id, x.event_type, x.origin from public.webhook_events x
      where (w.skip_own_changes or x.origin = 'system') and x.origin_webhook = target and x.id >= from_id and x.id < below
    ) as e
    where (e.origin in ('test', 'backfill')) is not true
      and e.event_type in (select r.name from rest r where r.listens and r.rest > 0)
      and not exists (
        select from public.webhook_history h
        where h.webhook_id = target and h.event_id = e.id
          and h.id >= public.webhook_uuid_v7_floor(public.webhook_uuid_v7_time(e.id) - interval '1 minute')
          and h.id < public.webhook_uuid_v7_floor(public.webhook_uuid_v7_time(e.id) + interval '1 hour'))
      and not exists (select from public.webhook_queue q where q.webhook_id = target and q.event_id = e.id)
      and not exists (select from public.webhook_late_deliveries l where l.webhook_id = target and l.event_id = e.id)
    group by 1
  ), matching as materialized (
    select m.event_type, sum(m.n)::bigint as n
    from asked a cross join lateral public.count_matching_events(target, a.types, from_id, below, patience) m
    where a.types is not null
    group by 1
  )
  select r.name, r.happened, r.delivered, r.waiting, r.failed, r.skipped, r.rest - x.never_had, x.never_had
  from rest r
  left join matching m on m.event_type = r.name
  left join unsent d on d.event_type = r.name
  cross join lateral (
    select case when not r.listens then 0 when w.condition_path is null then r.rest - coalesce(d.n, 0) else coalesce(m.n, 0) end as never_had) as x
  where r.happened > 0
  order by r.name;
end
$$;
comment on function public.reconcile_webhook is
  'Per event type, of the events since one moment and until another one: how many happened, and of those how many the webhook was delivered, are waiting, failed, were skipped, do not match it as it is now were erased or came of its own account (not_matched), or match it and were never for it (never_had). The six add up to happened. Payloads are read only where the webhook has conditions, and not for longer than patience (search_too_long).';
