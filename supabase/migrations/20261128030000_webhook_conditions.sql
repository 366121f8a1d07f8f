-- Conditions: a webhook gets only the events whose payload meets what it asks for.

-- Conditions of webhooks: rows of field, operator and value over the payload, all of which must hold. What the database takes,
-- and the one jsonpath that they are compiled to. Nothing here ever fails: what is not valid has no path.

create function public.webhook_condition_value_is_valid(value jsonb) returns boolean
language sql immutable parallel safe
set search_path = ''
as $$
  select case jsonb_typeof(value)
    when 'string' then char_length(value #>> '{}') <= 200
    -- No larger than JavaScript reads exactly.
    when 'number' then abs((value #>> '{}')::numeric) <= 9007199254740991 and char_length(value #>> '{}') <= 400
    when 'boolean' then true
    when 'null' then true
    else false
  end
$$;
comment on function public.webhook_condition_value_is_valid is
  'Whether a field may be compared with this: a text of at most 200 characters, a number up to 2^53 - 1, true, false or null.';

create function public.webhook_condition_is_valid(condition jsonb) returns boolean
language sql immutable parallel safe
set search_path = ''
as $$
  select case
    when jsonb_typeof(condition) is distinct from 'object' then false
    when condition - array['field', 'operator', 'value'] <> '{}' then false
    when jsonb_typeof(field) is distinct from 'string' or jsonb_typeof(operator) is distinct from 'string' then false
    -- Names with dots between, at most ten.
    when char_length(field #>> '{}') > 200
      or field #>> '{}' !~ '^[^.\u0001-\u001f\u007f-\u009f]+(\.[^.\u0001-\u001f\u007f-\u009f]+){0,9}$' then false
    when operator #>> '{}' in ('present', 'absent', 'changed') then value is null
    when operator #>> '{}' in ('is', 'is_not') then public.webhook_condition_value_is_valid(value)
    when operator #>> '{}' in ('contains', 'begins_with') then
      jsonb_typeof(value) = 'string' and char_length(value #>> '{}') between 1 and 200
    when operator #>> '{}' in ('gt', 'gte', 'lt', 'lte') then
      jsonb_typeof(value) in ('string', 'number') and value <> '""' and public.webhook_condition_value_is_valid(value)
    when operator #>> '{}' = 'changed_from_to' and jsonb_typeof(value) = 'object' then
      value <> '{}' and value - array['from', 'to'] = '{}'
      and not exists (select from jsonb_each(value) as side (name, value) where not public.webhook_condition_value_is_valid(side.value))
    else false
  end is true
  from (select condition -> 'field' as field, condition -> 'operator' as operator, condition -> 'value' as value) as c
$$;
comment on function public.webhook_condition_is_valid is
  'Whether this is one condition: { field, operator, value }, and value as the operator asks for it. Mirrors lib/domain/conditions.ts; a test holds the two together.';

create function public.webhook_conditions_are_valid(conditions jsonb) returns boolean
language sql immutable parallel safe
set search_path = ''
as $$
  select case when jsonb_typeof(conditions) = 'array' then
    jsonb_array_length(conditions) <= 20
    and not exists (select from jsonb_array_elements(conditions) as c (condition) where not public.webhook_condition_is_valid(c.condition))
  else false end
$$;
comment on function public.webhook_conditions_are_valid is
  'Whether these are the conditions that a webhook may have: at most 20.';

create function public.webhook_condition_term(field text, operator text, value jsonb) returns text
language sql immutable parallel safe
set search_path = ''
as $$
  -- A lax path looks into arrays by itself: one of the elements is enough. A value that cannot be asked does not pass a filter.
  select case operator
    when 'is' then format('exists($%s ? (@ == %s))', p.path, value)
    when 'is_not' then format('!exists($%s ? (@ == %s))', p.path, value)
    -- To the letter, but for its case: nobody writes a pattern.
    when 'contains' then format('exists($%s ? (@ like_regex %s flag "iq"))', p.path, value)
    when 'begins_with' then format('exists($%s ? (@ like_regex %s flag "i"))', p.path,
      to_json('^' || regexp_replace(value #>> '{}', '[][\\.^$*+?(){}|]', '\\\&', 'g')))
    when 'gt' then format('exists($%s ? (@ > %s))', p.path, value)
    when 'gte' then format('exists($%s ? (@ >= %s))', p.path, value)
    when 'lt' then format('exists($%s ? (@ < %s))', p.path, value)
    when 'lte' then format('exists($%s ? (@ <= %s))', p.path, value)
    when 'present' then format('exists($%s ? (%s))', p.path, p.is_something)
    when 'absent' then format('!exists($%s ? (%s))', p.path, p.is_something)
    when 'changed' then format('exists($."changes"%s)', p.path)
    when 'changed_from_to' then concat(
      format('exists($."changes"%s', p.path), ' ? (@ == ' || (value -> 'to')::text || ')', ')',
      format(' && exists($."previous"%s ? (@ == ', p.path) || (value -> 'from')::text || '))')
  end
  from (
    select string_agg('.' || to_json(f.name)::text, '' order by f.n) as path,
      '@ != null && (@ != "" || (@ != "") is unknown)' as is_something
    from string_to_table(field, '.') with ordinality as f (name, n)
  ) as p
$$;
comment on function public.webhook_condition_term is
  'One valid condition as a predicate of jsonpath, true or false for any payload.';

create function public.webhook_condition_path(conditions jsonb) returns jsonpath
language sql immutable parallel safe
set search_path = ''
as $$
  select case when conditions <> '[]' and public.webhook_conditions_are_valid(conditions) then (
    select string_agg(public.webhook_condition_term(c.row ->> 'field', c.row ->> 'operator', c.row -> 'value'), ' && ' order by c.n)
    from jsonb_array_elements(conditions) with ordinality as c (row, n))::jsonpath end
$$;
comment on function public.webhook_condition_path is
  'The conditions as one jsonpath: jsonb_path_match says whether a payload meets them. Null where there is none.';

revoke execute on function public.webhook_condition_value_is_valid, public.webhook_condition_is_valid,
  public.webhook_conditions_are_valid, public.webhook_condition_term, public.webhook_condition_path
from public, anon, authenticated, service_role;
-- Of the table's own columns: whoever writes a webhook calls them.
grant execute on function public.webhook_condition_value_is_valid, public.webhook_condition_is_valid,
  public.webhook_conditions_are_valid, public.webhook_condition_term, public.webhook_condition_path
to authenticated, service_role;

-- The record that an event is about: its id, what people call it, and the lead that it belongs to.

create function public.webhook_payload_text(payload json, name text) returns text
language plpgsql immutable parallel safe
set search_path = ''
as $$
begin
  return case when json_typeof(payload -> name) in ('string', 'number') then left(btrim(payload ->> name), 200) end;
exception when others then
  return null; -- such as U+0000, which SQL may have stored
end
$$;
comment on function public.webhook_payload_text is
  'A text or number of a payload''s first level, at most 200 characters; null where there is none.';

create function public.webhook_record_label(event_type text, payload json) returns text
language plpgsql stable parallel safe
set search_path = ''
as $$
begin
  return (
    select nullif(string_agg(nullif(public.webhook_payload_text(payload, p.name), ''), ' ' order by p.n), '')
    from public.webhook_event_types t cross join lateral unnest(t.label_paths) with ordinality as p (name, n)
    where t.name = event_type);
end
$$;
comment on function public.webhook_record_label is
  'What people call the record of an event, such as Chloé Lefèvre: the fields of its payload that its type''s label_paths name; null where there are none.';

revoke execute on function public.webhook_payload_text, public.webhook_record_label
from public, anon, authenticated, service_role;
grant execute on function public.webhook_payload_text, public.webhook_record_label
to authenticated, service_role;

alter table public.webhooks
  add column conditions jsonb not null default '[]',
  add column condition_path jsonpath generated always as (public.webhook_condition_path(conditions)) stored,
  add constraint webhooks_conditions_check check (public.webhook_conditions_are_valid(conditions));
comment on column public.webhooks.conditions is
  'Rows of { field, operator, value } over the payload: an event that does not meet all of them makes no delivery. [] for every event.';
comment on column public.webhooks.condition_path is
  'The conditions as emit asks them; null for none.';
grant insert (conditions), update (conditions) on public.webhooks to authenticated;

alter table public.webhook_events add column left_out integer not null default 0;
comment on column public.webhook_events.left_out is
  'How many active webhooks listened to it and have conditions that it did not meet.';

create or replace function public.after_webhook_disabled() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  with told as materialized (
    -- Without the URL: it may carry a token.
    select json_build_object('id', new.id, 'name', new.name, 'reason', new.disabled_reason, 'disabled_at', now()) as payload
  ), subscriber as materialized (
    select w.id, w.condition_path is null or jsonb_path_match(t.payload::jsonb, w.condition_path, '{}', true) is true as meets
    from public.webhooks w cross join told t
    where w.status = 'active' and w.events && array['webhook.disabled', 'webhook.*']
  ), event as (
    insert into public.webhook_events (event_type, payload, deliveries, left_out)
    select 'webhook.disabled', t.payload,
      (select count(*) from subscriber s where s.meets), (select count(*) from subscriber s where not s.meets)
    from told t
    returning id
  )
  insert into public.webhook_queue (webhook_id, event_id, event_type)
  select s.id, e.id, 'webhook.disabled' from subscriber s cross join event e where s.meets;
  return null;
end
$$;
comment on function public.after_webhook_disabled is
  'The event webhook.disabled, for the other webhooks that listen to it and whose conditions it meets.';

create or replace function public.bury_webhook(target uuid) returns void
language plpgsql security definer -- wipes secrets, which nobody may write
set search_path = ''
as $$
begin
  update public.webhooks w set
    deleted_at = now(), status = 'inactive', disabled_reason = null, name = 'deleted', url = 'https://deleted.invalid/',
    description = '', headers = '{}', transform_enabled = false, transform_script = '', conditions = '[]'
  where w.id = target and w.deleted_at is null;
  if not found then
    return;
  end if;
  delete from public.webhook_secrets s where s.webhook_id = target;
  delete from public.webhook_pace p where p.webhook_id = target;
  delete from public.webhook_health h where h.webhook_id = target;
  delete from public.webhook_holds h where h.webhook_id = target;
  insert into public.webhook_audit_log (webhook_id, action) values (target, 'deleted');
  update public.webhook_jobs j set state = 'stopped', finished_at = now(), updated_at = now()
  where j.webhook_id = target and j.state = 'running';
  insert into public.webhook_jobs (kind, webhook_id) values ('delete', target);
end
$$;
comment on function public.bury_webhook is
  'Deletes a webhook at once for people and for claims: wipes name, URL, headers, conditions, script and secrets. A job ends what waits for it, then the row goes. The log stays.';

-- What conditions would have let through: for whoever writes them.

create function public.webhook_condition_preview(conditions jsonb, types text[], most integer default 20) returns json
language plpgsql stable security invoker -- the policies decide what the caller sees
set search_path = ''
as $$
declare
  looked_at constant integer := 20000; -- events, the newest of all types
  answer json;
begin
  if most between 1 and 50 is not true or cardinality(types) between 1 and 100 is not true
    or public.webhook_conditions_are_valid(conditions) is not true then
    raise exception 'validation_failed' using errcode = '22023', hint = 'Valid conditions, 1 to 100 types, and most from 1 to 50.';
  end if;
  with recursive recent as materialized (
    select e.id, e.event_type, e.occurred_at, e.payload, public.webhook_jsonb(e.payload) as value
    from (select x.* from public.webhook_events x order by x.id desc limit looked_at) as e
    where e.event_type = any (types)
    order by e.id desc limit most
  ), node as (
    select null::text as field, r.value, 0 as depth from recent r where r.value is not null
    union all
    select inner_one.field, inner_one.value, n.depth + 1
    from node n
    cross join lateral (
      select concat_ws('.', n.field, m.key) as field, m.value
      from jsonb_each(case jsonb_typeof(n.value) when 'object' then n.value else '{}' end) as m
      union all
      -- The elements of an array stand for it.
      select n.field, e.value
      from jsonb_array_elements(case jsonb_typeof(n.value) when 'array' then n.value else '[]' end) as e
    ) as inner_one
    where n.depth < 6
  ), seen as materialized (
    select n.field, array_agg(distinct jsonb_typeof(n.value)) as types,
      (array_agg(distinct n.value) filter (where jsonb_typeof(n.value) in ('string', 'number', 'boolean') and char_length(n.value::text) <= 62)) as values
    from (select x.field, x.value from node x limit 5000) as n
    where public.webhook_condition_is_valid(jsonb_build_object('field', n.field, 'operator', 'present'))
    group by n.field
    order by n.field limit 300
  )
  select json_build_object(
    'events', (
      select coalesce(json_agg(json_build_object(
        'id', r.id, 'event_type', r.event_type, 'occurred_at', r.occurred_at,
        'record_id', public.webhook_payload_text(r.payload, 'id'), 'record_label', public.webhook_record_label(r.event_type, r.payload),
        'meets', r.value is not null
          and (conditions = '[]' or jsonb_path_match(r.value, public.webhook_condition_path(conditions), '{}', true) is true)
      ) order by r.id desc), '[]') from recent r),
    'fields', (
      select coalesce(json_agg(json_build_object('field', s.field, 'types', s.types, 'values', coalesce(s.values[:8], '{}')) order by s.field), '[]')
      from seen s),
    'unseen_fields', (
      select coalesce(json_agg(distinct c.row ->> 'field'), '[]') from jsonb_array_elements(conditions) as c (row)
      where not exists (
        select from seen s
        where s.field = case when c.row ->> 'operator' like 'changed%' then 'changes.' else '' end || (c.row ->> 'field'))))
  into answer;
  return answer;
end
$$;
comment on function public.webhook_condition_preview is
  'Of the last events of these types, newest first, at most so many and among the newest 20,000 of all: which meet the conditions, which fields they have (with types and up to 8 values), and which fields of the conditions none of them has.';

revoke execute on function public.webhook_condition_preview
from public, anon, authenticated, service_role;
grant execute on function public.webhook_condition_preview
to authenticated, service_role;
