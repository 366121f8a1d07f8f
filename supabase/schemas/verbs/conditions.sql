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
    where public.webhook_listens(types, e.event_type)
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
  'Of the last events of these types and patterns, newest first, at most so many and among the newest 20,000 of all: which meet the conditions, which fields they have (with types and up to 8 values), and which fields of the conditions none of them has.';

revoke execute on function public.webhook_condition_preview
from public, anon, authenticated, service_role;
grant execute on function public.webhook_condition_preview
to authenticated, service_role;
