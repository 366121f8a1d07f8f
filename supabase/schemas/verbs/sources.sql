-- Sources: tables that tell their own changes, in the transaction of the change, whoever writes.

create function public.webhook_column_nature(type oid) returns text
language plpgsql stable
set search_path = ''
as $$
declare
  t pg_catalog.pg_type;
begin
  select x.* into t from pg_catalog.pg_type x where x.oid = type;
  return case
    when t.oid = 'bytea'::regtype then 'binary'
    when t.oid in ('json'::regtype, 'jsonb'::regtype) then 'json'
    when t.oid = 'timestamptz'::regtype then 'time'
    when t.typtype = 'd' then public.webhook_column_nature(t.typbasetype)
    when t.typcategory = 'A' then case public.webhook_column_nature(t.typelem) when 'time' then 'plain' else public.webhook_column_nature(t.typelem) end
    when t.typtype = 'c' then (
      select case when bool_or(public.webhook_column_nature(a.atttypid) = 'binary') then 'binary' else 'json' end
      from pg_catalog.pg_attribute a where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped)
    else 'plain' end;
end
$$;
comment on function public.webhook_column_nature is
  'How a source tells a column of this type: binary: never; json: its JSON may be what no payload can hold; time; plain.';

create function public.webhook_tellable_json(value json) returns json
language plpgsql immutable parallel safe
set search_path = ''
as $$
begin
  if strpos(value::text, '\u') > 0 then
    perform json_typeof(value), value::jsonb;
  end if;
  if octet_length(value::text) > 390 and public.webhook_json_is_deep(('[[[' || value::text || ']]]')::json) then
    return to_json(value::text);
  end if;
  return value;
exception when untranslatable_character or invalid_text_representation then
  return to_json(value::text);
when others then
  return value; -- such as a number beyond numeric
end
$$;
comment on function public.webhook_tellable_json is
  'The JSON of a column as a payload holds it: where it has U+0000, half of a surrogate pair, or more levels than a payload may, its text.';

create function public.webhook_source_columns(relation regclass, ignore text[], iso_times boolean)
returns table (name text, place smallint, plain text, told text)
language sql stable
set search_path = ''
as $$
  select c.name, c.place, c.plain, case c.nature
      when 'json' then format('public.webhook_tellable_json(to_json(%s))', c.plain)
      when 'iso' then format($iso$case when isfinite(%1$s) then to_char(%1$s at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') else %1$s::text end$iso$, c.plain)
      else c.plain end
  from (
    select a.attname::text as name, a.attnum as place, '%1$s.' || replace(quote_ident(a.attname), '%', '%%') as plain,
      case when nature = 'time' and iso_times then 'iso' else nature end as nature
    from pg_catalog.pg_attribute a cross join lateral public.webhook_column_nature(a.atttypid) as nature
    where a.attrelid = relation and a.attnum > 0 and not a.attisdropped and a.attgenerated <> 'v'
      and nature <> 'binary' and a.attname <> all (ignore)
  ) as c
$$;
comment on function public.webhook_source_columns is
  'The columns of a table that may go out. plain and told are expressions for format(): of the column, and of what is told of it.';

create function public.webhook_source_key(relation regclass) returns table (name text, plain text, equals text, follows text)
language sql stable
set search_path = ''
as $$
  select a.attname::text, '%1$s.' || replace(quote_ident(a.attname), '%', '%%'),
    max(format('operator(%I.%s)', n.nspname, o.oprname)) filter (where m.amopstrategy = 3),
    max(format('operator(%I.%s)', n.nspname, o.oprname)) filter (where m.amopstrategy = 5)
  from pg_catalog.pg_index i
  join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
  join pg_catalog.pg_opclass c on c.oid = i.indclass[0]
  join pg_catalog.pg_amop m on m.amopfamily = c.opcfamily and m.amoplefttype = c.opcintype and m.amoprighttype = c.opcintype
    and m.amopstrategy in (3, 5)
  join pg_catalog.pg_operator o on o.oid = m.amopopr
  join pg_catalog.pg_namespace n on n.oid = o.oprnamespace
  where i.indrelid = relation and i.indisprimary and i.indnkeyatts = 1
  group by a.attname
$$;
comment on function public.webhook_source_key is
  'The one column of a table''s primary key, and the operators by which two of it are equal, and one follows the other; no row where there is none, or where it has several.';

create function public.webhook_source_row(source public.webhook_sources, operation text, alias text) returns text
language sql stable
set search_path = ''
as $$
  select format(case when r.columns is null
      then $row$json_build_object('event_type', %L::text, 'payload', (select row_to_json(s) from (select %s as id%s) as s))$row$
      else $row$json_build_object('event_type', %L::text, 'payload', json_build_object('id', %s%s))$row$ end,
    r.event_type, format(k.plain, alias), (
      select string_agg(case when r.columns is null then format(', %s as %I', format(c.told, alias), c.name)
        else format(', %L, %s', c.name, format(c.told, alias)) end, '' order by array_position(r.columns, c.name), c.place)
      from public.webhook_source_columns(source.relation, source.ignore, source.iso_times) c
      where c.name <> 'id' and (r.columns is null or c.name = any (r.columns))))
  from public.webhook_source_rules r
  cross join lateral public.webhook_source_key(source.relation) k
  where r.relation = source.relation and r.operation = webhook_source_row.operation and r.changed is null
$$;
comment on function public.webhook_source_row is
  'The expression of the event that a source tells of a row that came or went; null where it tells none.';

create function public.webhook_source_label(source public.webhook_sources) returns text
language sql stable
set search_path = ''
as $$
  select coalesce('nullif(concat_ws('' '', ' || string_agg(format('nullif(%s::text, '''')', format(c.plain, 'r')), ', ' order by l.n) || '), '''')', 'null::text')
  from unnest(source.label) with ordinality as l (name, n)
  join public.webhook_source_columns(source.relation, '{}', false) c on c.name = l.name
$$;
comment on function public.webhook_source_label is
  'The expression of what people call a row that was updated: its label''s columns, with spaces between.';

create function public.webhook_source_update(source public.webhook_sources) returns text
language sql stable
set search_path = ''
as $$
  with key as (
    select format(k.plain, 'o') as old, format(k.plain, 'r') as new, k.equals, k.name
    from public.webhook_source_key(source.relation) k
  ), col as materialized (
    select c.* from public.webhook_source_columns(source.relation, source.ignore, source.iso_times) c
  ), rule as materialized (
    select r.*, format('%s::text is distinct from %s::text', format(c.plain, 'o'), format(c.plain, 'r'))
      || case when r.changed_to is null then '' else format(' and %s::text = %L', format(c.plain, 'r'), r.changed_to) end as condition
    from public.webhook_source_rules r left join col c on c.name = r.changed
    where r.relation = source.relation and r.operation = 'update'
  ), event as (
    select r.place, format($event$
      select %s as place, json_build_object('event_type', %L::text, 'payload', json_build_object('id', %s, 'changes', d.changes, 'previous', d.previous),
          'record_label', %s) as told
      from (
        select json_object_agg(c.name, c.new order by c.n) as changes, json_object_agg(c.name, c.old order by c.n) as previous
        from (values %s) as c (n, name, old, new)
        where c.old::text is distinct from c.new::text%s
      ) as d
      where d.changes is not null and k.stays$event$, r.place, r.event_type, key.new, public.webhook_source_label(source),
      (select string_agg(format('(%s, %L, to_json(%s), to_json(%s))', coalesce(array_position(r.columns, c.name), c.place), c.name,
          format(c.told, 'o'), format(c.told, 'r')), ', ')
        from col c where c.name not in ('id', key.name) and (r.columns is null or c.name = any (r.columns))),
      -- What a rule says instead is no change besides.
      (select string_agg(format(' and not (c.name = any (%L::text[]) and %s)', i.changed || array(
          select substr(f.value, 5) from json_each_text(i.fields) f where f.value like 'new.%'), i.condition), '')
        from rule i where i.instead)) as query
    from rule r cross join key where r.changed is null
    union all
    select r.place, format($event$
      select %s as place, json_build_object('event_type', %L::text, 'payload', json_build_object('id', %s%s), 'record_label', %s) as told
      where %s and k.stays$event$, r.place, r.event_type, key.new,
      (select string_agg(format(', %L, %s', f.key, case f.value when 'now'
          then case when source.iso_times then 'public.webhook_iso_time(now())' else 'now()' end
          else format(c.told, case split_part(f.value, '.', 1) when 'old' then 'o' else 'r' end) end), '' order by f.n)
        from json_each_text(r.fields) with ordinality as f (key, value, n)
        left join col c on c.name = substr(f.value, 5)
        where f.value = 'now' or c.name is not null), public.webhook_source_label(source), r.condition)
    from rule r cross join key where r.changed is not null and r.condition is not null
    union all
    -- Another key is another record.
    select 0, 'select 0 as place, ' || public.webhook_source_row(source, 'delete', 'o') || ' as told where k.goes'
    union all
    select 101, 'select 101 as place, ' || public.webhook_source_row(source, 'insert', 'r') || ' as told where k.comes'
  )
  select format($query$select e.told, (row_number() over (order by r."#place among the rows" nulls first, e.place) - 1) / 1000 as batch
      from (select row_number() over () as "#place among the rows", x.* from new_rows x) as r
      full join old_rows o on %s %s %s
      cross join lateral (select %1$s is not null and %3$s is not null as stays, %3$s is null as goes, %1$s is null as comes) as k
      cross join lateral (%4$s) as e$query$, key.old, key.equals, key.new, string_agg(e.query, ' union all ' order by e.place))
  from event e cross join key
  where e.query is not null
  group by key.old, key.equals, key.new
$$;
comment on function public.webhook_source_update is
  'The query of the events that a source tells of an update, by the transition tables old_rows and new_rows.';

create function public.webhook_source_query(relation regclass, operation text) returns text
language sql stable
set search_path = ''
as $$
  select format($query$
    select array_agg(b.events order by b.batch), max(b.longest)
    from (
      select t.batch, json_agg(t.told) as events, max(octet_length(t.told::text)) as longest
      from (%s offset 0) as t
      group by t.batch
    ) as b$query$, t.told)
  from public.webhook_sources s
  cross join lateral (select case operation
      when 'UPDATE' then public.webhook_source_update(s)
      when 'INSERT' then format('select %s as told, (row_number() over () - 1) / 1000 as batch from new_rows r', public.webhook_source_row(s, 'insert', 'r'))
      else format('select %s as told, (row_number() over () - 1) / 1000 as batch from old_rows o', public.webhook_source_row(s, 'delete', 'o')) end) as t (told)
  where s.relation = webhook_source_query.relation and public.webhook_source_row(s, lower(operation), 'r') is not null
$$;
comment on function public.webhook_source_query is
  'The query that makes the events of a statement: arrays of at most 1,000, in the order of its rows, and the length of the longest event. Made of the columns that are there now; null where there is nothing to tell.';

create function public.webhook_source_statement(relation regclass, operation text) returns text
language plpgsql volatile
set search_path = ''
as $$
declare
  source public.webhook_sources;
  now_shape text;
begin
  select s.* into source from public.webhook_sources s where s.relation = webhook_source_statement.relation;
  -- What a query is made of. Another one than when it was made: a column came, went or has another name, or a rule.
  select concat_ws(' ', source.label, source.ignore, source.iso_times,
    (select string_agg(concat_ws(' ', a.attname, a.atttypid, a.attisdropped), ' ' order by a.attnum)
      from pg_catalog.pg_attribute a where a.attrelid = source.relation and a.attnum > 0),
    (select i.indexrelid from pg_catalog.pg_index i where i.indrelid = source.relation and i.indisprimary),
    (select string_agg(concat_ws(' ', r.place, r.xmin), ' ' order by r.place) from public.webhook_source_rules r
      where r.relation = source.relation)) into now_shape;
  if source.shape is distinct from now_shape then
    source.queries := json_build_object('INSERT', public.webhook_source_query(relation, 'INSERT'),
      'UPDATE', public.webhook_source_query(relation, 'UPDATE'), 'DELETE', public.webhook_source_query(relation, 'DELETE'));
    begin
      update public.webhook_sources s set shape = now_shape, queries = source.queries
      where s.relation = (select x.relation from public.webhook_sources x where x.relation = source.relation for update skip locked);
    exception when serialization_failure then
      null; -- somebody else has kept them since this transaction began
    end;
  end if;
  return source.queries ->> operation;
end
$$;
comment on function public.webhook_source_statement is
  'webhook_source_query, as it was kept; made anew when the table or its rules have changed.';

create function public.webhook_short_events(events json) returns json
language sql immutable parallel safe
set search_path = ''
as $$
  select json_agg(case when octet_length((e.event -> 'payload')::text) <= 262144 then e.event
    else json_build_object('event_type', e.event -> 'event_type',
      'payload', json_build_object('id', e.event -> 'payload' -> 'id', 'too_large', true), 'record_label', e.event -> 'record_label') end order by e.n)
  from json_array_elements(events) with ordinality as e (event, n)
$$;
comment on function public.webhook_short_events is
  'Events of rows, where those that are too large for a payload say only which record it is: {"id": …, "too_large": true}.';

create function public.tell_row_changes() returns trigger
language plpgsql security definer -- people may not emit as rows do
set search_path = ''
set timezone = 'UTC'
set jit = off
as $$
declare
  query text;
  batches json[];
  batch json;
  longest integer;
  told json;
  said text;
  key text;
  records text[];
begin
  begin
    query := public.webhook_source_statement(tg_relid, tg_op);
    if query is not null then
      execute query into batches, longest;
    end if;
  exception
    when transaction_rollback or insufficient_resources or operator_intervention or system_error or lock_not_available then
      raise; -- of the transaction's own, or of the server's
    when others then
      -- Nobody is kept from writing a row by what somebody changed about its table.
      get stacked diagnostics said = message_text;
  end;
  if said is not null then
    raise warning 'Changes of % were not told: %', tg_relid::regclass, said;
    begin
      update public.webhook_sources s set failed_at = now(), error = said
      where s.relation = (
        select x.relation from public.webhook_sources x
        where x.relation = tg_relid and (x.error is distinct from said or x.failed_at < now() - interval '1 minute')
        for update skip locked);
    exception when serialization_failure then
      null; -- somebody else has noted it since this transaction began
    end;
  end if;
  foreach batch in array coalesce(batches, '{}') loop
    if longest > 262144 then
      batch := public.webhook_short_events(batch);
    end if;
    told := public.store_webhook_events(batch, true);
  end loop;
  if tg_op = 'DELETE' and exists (select from public.webhook_sources s where s.relation = tg_relid and s.erases) then
    select format(k.plain, 'o') into key from public.webhook_source_key(tg_relid) k;
    if key is not null then
      execute format('select array_agg(distinct left(btrim(to_json(%s) #>> ''{}''), 200)) from old_rows o', key) into records;
    end if;
    if records is not null then
      perform public.erase_records(records);
    end if;
  end if;
  -- A trigger answers nothing: upload_crm_file and delete_crm_file read what was told from here, within the transaction.
  perform set_config('devlink.row_event', coalesce((told -> -1)::text, ''), true);
  return null;
end
$$;
comment on function public.tell_row_changes is
  'Commits the events of a statement with its rows. What cannot be made into events goes untold, and the log and the chore watch_sources say so; what cannot be stored takes the statement back. Where the source says so, the deletion of a row erases its record.';

create function public.attach_webhook_source(relation regclass, kind text, label text[] default '{}', ignore text[] default '{}',
  rules json default null, iso_times boolean default false, erases boolean default false) returns text[]
language plpgsql security invoker
set search_path = ''
as $$
declare
  key text;
  every text[]; -- the table's columns
  fault text;
  hint text;
  rule record;
  told text[] := '{}';
begin
  select array_agg(a.attname::text) into every from pg_catalog.pg_attribute a
  where a.attrelid = relation and a.attnum > 0 and not a.attisdropped;
  select k.name into key from public.webhook_source_key(relation) k;
  rules := coalesce(rules, '[{"event": "created", "on": "insert"}, {"event": "updated", "on": "update"}, {"event": "deleted", "on": "delete"}]');
  select case
      when relation is null then 'source_unknown'
      when c.relkind in ('v', 'm') then 'source_is_view'
      when c.relkind not in ('r', 'p') or c.relpersistence = 't' or c.relispartition then 'source_is_no_table'
      when c.relnamespace = 'webhook_partitions'::regnamespace
        or c.relnamespace = 'public'::regnamespace and c.relname ~ '^(webhook|playground)s?(_|$)' then 'source_is_ours'
      when key is null then 'source_without_key'
      when kind is null or kind = 'webhook' or not public.webhook_event_name_is_valid(kind || '.x') then 'kind_invalid'
      when exists (select from public.webhook_sources s join pg_catalog.pg_class x on x.oid = s.relation
        where s.kind = attach_webhook_source.kind and s.relation <> attach_webhook_source.relation) then 'kind_taken'
      when not coalesce(label, '{}') <@ every or not coalesce(ignore, '{}') <@ every then 'column_unknown'
      when key = any (ignore) then 'key_ignored'
    end into fault
  from (select) as one left join pg_catalog.pg_class c on c.oid = relation;
  if fault is not null then
    raise exception '%', fault using errcode = '22023', hint = case fault
      when 'source_unknown' then 'Name a table, such as public.clients.'
      when 'source_is_view' then format('%s is a view: attach the tables that it reads.', relation)
      when 'source_is_no_table' then format('%s cannot be attached: an ordinary or a partitioned table can, not its partitions, foreign or temporary tables.', relation)
      when 'source_is_ours' then format('%s belongs to the webhooks themselves.', relation)
      when 'source_without_key' then format('%s needs a primary key of one column: its value is the id of the events.', relation)
      when 'kind_invalid' then 'A kind is a name such as client or order_line: small letters, digits, underscores. webhook is the system''s own.'
      when 'kind_taken' then format('Another table tells its changes as %s: detach it, or choose another kind.', kind)
      when 'key_ignored' then 'The primary key goes out with each event: it cannot be ignored.'
      else format('%s has no column %s.', relation, (
        select string_agg(quote_ident(n), ', ') from unnest(coalesce(label, '{}') || coalesce(ignore, '{}')) n where n <> all (every))) end;
  end if;

  -- Tables that were dropped meanwhile.
  delete from public.webhook_sources s where not exists (select from pg_catalog.pg_class c where c.oid = s.relation);
  insert into public.webhook_sources as s (relation, kind, label, ignore, iso_times, erases)
  values (relation, kind, coalesce(label, '{}'), coalesce(ignore, '{}'), iso_times, erases)
  on conflict on constraint webhook_sources_pkey do update
    set kind = excluded.kind, label = excluded.label, ignore = excluded.ignore, iso_times = excluded.iso_times,
      erases = excluded.erases, failed_at = null, error = null;
  delete from public.webhook_source_rules r where r.relation = attach_webhook_source.relation;
  update public.webhook_event_types t set source = null where t.source = attach_webhook_source.relation;

  for rule in
    select r.*, format('%s.%s', kind, r.event) as event_type, r.n,
      (select string_agg(quote_ident(c), ', ') from (
        select unnest(r.columns) union all select r.changed union all
        select substr(f.value, 5) from json_each_text(r.fields) f where f.value <> 'now') as c (c) where c <> all (every)) as unknown
    from rows from (json_to_recordset(rules) as (event text, "on" text, columns text[], changed text, changed_to text, fields json, instead boolean))
      with ordinality as r (event, operation, columns, changed, changed_to, fields, instead, n)
    order by r.n
  loop
    if rule.event is null or not public.webhook_event_name_is_valid(rule.event_type) then
      raise exception 'event_invalid' using errcode = '22023', hint = 'An event of a rule is a verb such as created: small letters, digits, underscores.';
    elsif exists (select from json_each_text(rule.fields) f where f.value <> 'now' and f.value !~ '^(old|new)\.') then
      raise exception 'field_invalid' using errcode = '22023', hint = 'A field is "old." or "new." with the name of a column, or "now".';
    elsif rule.unknown is not null then
      raise exception 'column_unknown' using errcode = '22023', hint = format('%s has no column %s.', relation, rule.unknown);
    end if;
    insert into public.webhook_event_types as t (name, labels, descriptions, sample, label_paths, source)
    values (rule.event_type, json_build_object('fr', rule.event_type, 'en', rule.event_type), json_build_object(
        'fr', format(case rule.operation when 'insert' then 'Une ligne de %s est ajoutée.' when 'delete' then 'Une ligne de %s est supprimée.'
          else 'Une ligne de %s est modifiée.' end, relation),
        'en', format(case rule.operation when 'insert' then 'A row of %s is added.' when 'delete' then 'A row of %s is deleted.'
          else 'A row of %s is changed.' end, relation)),
      '{"id": "1"}', case when rule.operation = 'update' then '{}' else coalesce(label, '{}') end, relation)
    on conflict on constraint webhook_event_types_pkey do update set source = excluded.source,
      label_paths = coalesce(nullif(excluded.label_paths, '{}'), t.label_paths);
    insert into public.webhook_source_rules (relation, place, event_type, operation, columns, changed, changed_to, fields, instead)
    values (relation, rule.n, rule.event_type, rule.operation, rule.columns, rule.changed, rule.changed_to, rule.fields, coalesce(rule.instead, false));
    told := told || rule.event_type;
  end loop;

  perform public.detach_source_triggers(relation);
  for rule in
    select r.operation from public.webhook_source_rules r where r.relation = attach_webhook_source.relation
    union
    select 'delete' where erases
  loop
    execute format('create trigger %I after %s on %s referencing %s for each statement execute function public.tell_row_changes()',
      'tell_row_changes_' || rule.operation, rule.operation, relation, case rule.operation when 'insert' then 'new table as new_rows'
      when 'delete' then 'old table as old_rows' else 'old table as old_rows new table as new_rows' end);
  end loop;
  return told;
end
$$;
comment on function public.attach_webhook_source is
  'From now on a table tells its own changes as <kind>.created, .updated, .deleted, or as rules say: [{event, on, columns, changed, changed_to, fields, instead}]. erases: the deletion of a row erases its record. Attached again, it has the new settings. Registers the event types, and answers them. Refuses with source_unknown, source_is_view, source_is_no_table, source_is_ours, source_without_key, kind_invalid, kind_taken, column_unknown, key_ignored, event_invalid, field_invalid.';

create function public.detach_source_triggers(relation regclass) returns void
language plpgsql security invoker
set search_path = ''
as $$
declare
  trigger record;
begin
  for trigger in
    select t.tgname, t.tgrelid::regclass as relation from pg_catalog.pg_trigger t
    where t.tgrelid = relation and t.tgfoid = 'public.tell_row_changes'::regproc
  loop
    execute format('drop trigger %I on %s', trigger.tgname, trigger.relation);
  end loop;
end
$$;
comment on function public.detach_source_triggers is
  'Takes the triggers of a source from its table.';

create function public.detach_webhook_source(relation regclass) returns boolean
language plpgsql security invoker
set search_path = ''
as $$
begin
  perform public.detach_source_triggers(relation);
  delete from public.webhook_sources s where s.relation = detach_webhook_source.relation;
  return found;
end
$$;
comment on function public.detach_webhook_source is
  'A table tells its changes no more. Its event types stay: code may go on triggering them, and webhooks listen to them. Answers whether it was attached.';

create function public.webhook_source_faults() returns table (relation text, kind text, fault text)
language sql stable security invoker
set search_path = ''
as $$
  select coalesce(c.oid::regclass::text, s.relation::oid::text), s.kind, f.fault
  from public.webhook_sources s
  left join pg_catalog.pg_class c on c.oid = s.relation
  cross join lateral (
    select 'the table is gone' as fault where c.oid is null
    union all
    select 'the table has no primary key of one column any more: nothing is told'
    where c.oid is not null and not exists (select from public.webhook_source_key(s.relation))
    union all
    select format('the column %s is gone: what it told is left out', quote_ident(n.name))
    from (
      select unnest(s.label || s.ignore) as name
      union
      select unnest(r.columns || r.changed || array(select substr(x.value, 5) from json_each_text(r.fields) x where x.value <> 'now'))
      from public.webhook_source_rules r where r.relation = s.relation
    ) as n
    where c.oid is not null and n.name is not null and not exists (
      select from pg_catalog.pg_attribute a where a.attrelid = s.relation and a.attname = n.name and a.attnum > 0 and not a.attisdropped)
    union all
    select format('the trigger of %s is missing or switched off: nothing is told of it', r.operation)
    from (select distinct x.operation from public.webhook_source_rules x where x.relation = s.relation) r
    where c.oid is not null and not exists (
      select from pg_catalog.pg_trigger t where t.tgrelid = s.relation and t.tgfoid = 'public.tell_row_changes'::regproc
        and t.tgname = 'tell_row_changes_' || r.operation and t.tgenabled in ('O', 'A'))
    union all
    select format('changes were not told (%s): %s', s.failed_at, s.error) where s.failed_at > now() - interval '1 day'
  ) as f
$$;
comment on function public.webhook_source_faults is
  'What is wrong with the attached tables since they were attached: columns or keys that are gone, triggers that are missing, changes of the last day that were not told.';

create function public.watch_sources(max_rows integer) returns integer
language plpgsql security invoker
set search_path = ''
as $$
declare
  found text;
begin
  select string_agg(format('%s (%s): %s', f.relation, f.kind, f.fault), '; ' order by f.relation, f.fault) into found
  from public.webhook_source_faults() f;
  if found is not null then
    raise exception '%', found using errcode = '55000', hint = 'Attach the table again as it is now, or detach it.';
  end if;
  return 0;
end
$$;
comment on function public.watch_sources is
  'A chore that changes nothing: fails, and so is seen in health, when something is wrong with an attached table.';

revoke execute on function public.webhook_column_nature, public.webhook_tellable_json, public.webhook_source_columns,
  public.webhook_source_key, public.webhook_source_row, public.webhook_source_label, public.webhook_source_update, public.webhook_source_query, public.webhook_source_statement,
  public.webhook_short_events, public.tell_row_changes, public.attach_webhook_source, public.detach_source_triggers,
  public.detach_webhook_source, public.webhook_source_faults, public.watch_sources
from public, anon, authenticated, service_role;
