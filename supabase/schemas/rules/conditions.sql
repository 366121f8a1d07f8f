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
