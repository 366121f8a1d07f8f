-- Erasing a record: what events, deliveries and attempts hold of it goes, and the row's own deletion may do it.

alter table public.webhook_events add column erased_at timestamptz;
comment on column public.webhook_events.erased_at is
  'When what its payload held was erased: {"id": …, "erased": true} is left of it.';

alter table public.webhook_audit_log
  alter column webhook_id drop not null,
  add column record_digest bytea,
  add column counts jsonb,
  drop constraint webhook_audit_log_action_check,
  add constraint webhook_audit_log_action_check
    check (action in ('created', 'updated', 'deleted', 'secrets_revealed', 'secret_rotated', 'record_erased')),
  add constraint webhook_audit_log_subject_check check ((webhook_id is null) = (action = 'record_erased') and (record_digest is null) = (webhook_id is not null));
comment on table public.webhook_audit_log is
  'Who created, changed or deleted a webhook, who saw or rotated its secrets, and who erased a record.';
comment on column public.webhook_audit_log.record_digest is
  'Of the id of an erased record (webhook_record_digest): the log is kept longer than anything of a person, whose id may be an e-mail address.';
comment on column public.webhook_audit_log.counts is
  'What an erasure took, on the row of the last of its records.';

-- What is counted apart from what was never sent.
create index webhook_events_erased on public.webhook_events (id) where erased_at is not null;

-- What comes to the index of words is compared with it.
create index webhook_audit_log_records on public.webhook_audit_log (record_digest) where record_digest is not null;

-- Erased with their event.
create index webhook_idempotency_keys_event on public.webhook_idempotency_keys (event_id);

alter table public.webhook_jobs
  drop constraint webhook_jobs_kind_check,
  add constraint webhook_jobs_kind_check check (kind in ('delete', 'cancel', 'replay', 'erase'));
comment on table public.webhook_jobs is
  'Work that grows with a queue, done in small steps beside the sending: deleting a webhook, cancelling what waits, replaying failures, erasing records.';
comment on column public.webhook_jobs.total is
  'Deliveries that it will have dealt with; null while nobody has counted, beyond 100,000, or where events are erased.';

alter table public.webhook_sources add column erases boolean not null default false;
comment on column public.webhook_sources.erases is
  'Whether the deletion of a row erases what is kept of its record, in the same transaction.';

-- By the lead, too: what is indexed already is indexed anew.
truncate public.webhook_event_words;
create or replace function public.webhook_event_words(payload json, label text) returns tsvector
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
