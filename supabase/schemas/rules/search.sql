-- What is searched for as a person writes it: words without accents and case, phone numbers by their last digits. In the form
-- `return …` where it is called for each event: inlined.

create function public.webhook_search_fold(value text) returns text
language sql immutable parallel safe
return case when octet_length(value) = char_length(value) then lower(value)
  else regexp_replace(normalize(replace(replace(replace(lower(value), 'œ', 'oe'), 'æ', 'ae'), 'ß', 'ss'), NFKD), '[\u0300-\u036f]', '', 'g') end;
comment on function public.webhook_search_fold is
  'A text in lower case and without accents, however they are written: lefevre for Lefèvre.';

create function public.webhook_search_parts(folded text) returns text[]
language sql immutable parallel safe
return array_remove(string_to_array(regexp_replace(folded, '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a0‘’“”«»…]+', ' ', 'g'), ' '), '');
comment on function public.webhook_search_parts is
  'What stands between spaces and signs: jean, acme and fr of jean@acme.fr.';

create function public.webhook_search_phone(value text) returns text
language sql immutable parallel safe
return case when char_length(value) <= 30 and value ~ '^\+?[0-9(][0-9 .()/-]+$'
  and char_length(regexp_replace(value, '\D', '', 'g')) between 8 and 15 then '#' || right(regexp_replace(value, '\D', '', 'g'), 9) end;
comment on function public.webhook_search_phone is
  'A phone number by its last nine digits, whatever stands before and between them: #612345678 for 06 12 34 56 78 and for +33612345678. Null for what is none.';

create function public.webhook_event_words(payload json, label text) returns tsvector
language plpgsql immutable parallel safe
set search_path = ''
as $$
declare
  value constant jsonb := public.webhook_jsonb(payload);
  record_id constant text := public.webhook_payload_text(payload, 'id');
  lead_id constant text := public.webhook_payload_text(payload, 'lead_id');
  wholes text; -- values without spaces, a line each
  texts text;
  phones text[];
begin
  if value is null then -- what jsonb cannot hold is found by its text as it is written
    texts := left(public.webhook_readable_json(payload::text), 65536);
  else
    select string_agg(v.text, E'\n') filter (where char_length(v.text) <= 64 and v.text !~ '\s'),
      -- The parts of ids and times say nothing.
      string_agg(v.text, ' ') filter (where v.text !~* '^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\d(T[0-9:.]+(Z|[+-][0-9:]+)?)?)$'),
      array_agg(public.webhook_search_phone(v.text))
    into wholes, texts, phones
    from (
      select left(x #>> '{}', 8192) as text
      from jsonb_path_query(value, 'strict $.** ? (@.type() == "string" || @.type() == "number")') as x limit 1000
    ) as v;
  end if;
  return array_to_tsvector(array_remove(array_remove(
    string_to_array(public.webhook_search_fold(wholes), E'\n')
    || (select array_agg(left(p.part, 64)) from unnest(public.webhook_search_parts(public.webhook_search_fold(concat_ws(' ', texts, left(label, 200))))) as p (part))
    || phones || ('=' || left(record_id, 200)) || ('^' || left(lead_id, 200)), ''), null));
end
$$;
comment on function public.webhook_event_words is
  'What an event is found by: the texts and numbers of its payload, of at most 1,000 fields, and its label, whole where they have no spaces and in parts; phone numbers (#…), the id of its record (=…) and of the lead that it belongs to (^…).';

create function public.webhook_search_term(word text) returns text
language sql immutable parallel safe
set search_path = ''
as $$
  select format('''%s''%s', replace(replace(left(word, 64), '\', '\\'), '''', ''''''), case when char_length(word) >= 3 then ':*' end)
$$;
comment on function public.webhook_search_term is
  'What begins with a word, or is it where it has less than three characters, as a term of tsquery.';

create function public.webhook_search_query(words text[], record_id text default null, related_id text default null) returns tsquery
language plpgsql immutable parallel safe
set search_path = ''
as $$
declare
  terms text[] := '{}';
  run text := ''; -- words of digits, which may be one phone number together
  of_run text[] := '{}';
  term text;
  word text;
begin
  foreach word in array words || array[''] loop
    if run <> '' and word !~ '^[+(]?[0-9][0-9().\/-]*$' then
      term := array_to_string(of_run, ' & ');
      terms := terms || case when public.webhook_search_phone(run) is null then term
        else format('(''%s'' | (%s))', public.webhook_search_phone(run), term) end;
      run := '';
      of_run := '{}';
    end if;
    -- Whole, as an address or a name of a file is written, or its parts, the last of which may go on.
    select case when cardinality(parts) = 1 and parts[1] = whole then public.webhook_search_term(whole)
      when cardinality(parts) > 0 then format('(%s | (%s))', public.webhook_search_term(whole), (
        select string_agg(case when p.n < cardinality(parts) then format('''%s''', left(p.part, 64)) else public.webhook_search_term(p.part) end, ' & ' order by p.n)
        from unnest(parts) with ordinality as p (part, n))) end
    into term
    from (select f.folded as whole, public.webhook_search_parts(f.folded) as parts
      from (select btrim(public.webhook_search_fold(word), '"''()[]{}<>,;:!?.«»“”‘’…') as folded) as f) as w;
    continue when term is null; -- nothing but signs
    if word ~ '^[+(]?[0-9][0-9().\/-]*$' then
      run := run || word;
      of_run := of_run || term;
    else
      terms := terms || term;
    end if;
  end loop;
  if record_id is not null then
    terms := terms || format('''%s''', replace(replace('=' || left(btrim(record_id), 200), '\', '\\'), '''', ''''''));
  end if;
  if related_id is not null then
    terms := terms || format('''%s''', replace(replace('^' || left(btrim(related_id), 200), '\', '\\'), '''', ''''''));
  end if;
  return nullif(array_to_string(terms, ' & '), '')::tsquery;
end
$$;
comment on function public.webhook_search_query is
  'What finds the events in which all of these words occur, and those of a record, and of what belongs to one, where these are named. Null where there is nothing to look for.';

revoke execute on function public.webhook_search_fold, public.webhook_search_parts, public.webhook_search_phone,
  public.webhook_event_words, public.webhook_search_term, public.webhook_search_query
from public, anon, authenticated, service_role;
grant execute on function public.webhook_search_fold, public.webhook_search_parts, public.webhook_search_phone,
  public.webhook_event_words, public.webhook_search_term, public.webhook_search_query
to authenticated, service_role;
