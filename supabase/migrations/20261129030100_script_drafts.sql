-- A webhook's next script runs in the shadow of the live one, until it is published or thrown away.

create table public.webhook_script_drafts (
  id uuid primary key default public.webhook_uuid_v7(),
  webhook_id uuid not null unique references public.webhooks (id) on delete cascade,
  script text not null check (octet_length(script) <= 65536 and not public.webhook_is_blank(script)),
  saved_by uuid default auth.uid(),
  saved_at timestamptz not null default now(),
  same integer not null default 0,
  different integer not null default 0,
  failed integer not null default 0,
  last_run_at timestamptz
);

comment on table public.webhook_script_drafts is
  'A webhook''s next script, one at most. It is run beside the live one on some of what is sent, and only compared. A draft that is changed is another one: it begins at zero.';
comment on column public.webhook_script_drafts.same is
  'How often it came to what was sent.';
comment on column public.webhook_script_drafts.different is
  'How often it came to something else.';
comment on column public.webhook_script_drafts.failed is
  'How often it came to nothing.';

create table public.webhook_shadow_examples (
  id uuid primary key default public.webhook_uuid_v7(),
  draft_id uuid not null references public.webhook_script_drafts (id) on delete cascade,
  event_id uuid not null,
  event_type text not null,
  outcome text not null check (outcome in ('different', 'failed')),
  live text,
  draft text,
  live_error text,
  draft_error text,
  seen_at timestamptz not null default now()
);

comment on table public.webhook_shadow_examples is
  'The newest five runs of a draft that came to something else, and the newest five that failed. Erased with their event.';
comment on column public.webhook_shadow_examples.live is
  'What the live script came to, as JSON; "null" where it passed the event over. Null: it failed, or what it came to is too long to be kept.';
comment on column public.webhook_shadow_examples.draft is
  'The same of the draft.';

create index webhook_shadow_examples_draft on public.webhook_shadow_examples (draft_id, outcome, id);
-- Erased with their event.
create index webhook_shadow_examples_event on public.webhook_shadow_examples (event_id);

alter table public.webhook_script_drafts enable row level security;
revoke all on public.webhook_script_drafts from public, anon, authenticated;
grant all on public.webhook_script_drafts to service_role;
grant select on public.webhook_script_drafts to authenticated;
create policy "administrators read" on public.webhook_script_drafts
  for select to authenticated using ((select public.is_webhook_admin()));

alter table public.webhook_shadow_examples enable row level security;
revoke all on public.webhook_shadow_examples from public, anon, authenticated;
grant all on public.webhook_shadow_examples to service_role;
grant select on public.webhook_shadow_examples to authenticated;
create policy "administrators read" on public.webhook_shadow_examples
  for select to authenticated using ((select public.is_webhook_admin()));

create function public.save_webhook_script_draft(webhook_id uuid, script text) returns uuid
language plpgsql security definer -- nobody may write drafts
set search_path = ''
as $$
declare
  saved uuid;
begin
  if auth.uid() is not null and not public.is_webhook_admin() then
    raise exception 'forbidden' using errcode = '42501';
  end if;
  if (octet_length(script) <= 65536 and not public.webhook_is_blank(script)) is not true then
    raise exception 'validation_failed' using errcode = '22023', hint = 'script is not blank, and has 64 KiB at most.';
  end if;
  -- Whoever buries or publishes meanwhile waits for this, or this for them.
  perform from public.webhooks w where w.id = save_webhook_script_draft.webhook_id and w.deleted_at is null for no key update;
  if not found then
    raise exception 'webhook_not_found' using errcode = '22023';
  end if;
  delete from public.webhook_script_drafts d where d.webhook_id = save_webhook_script_draft.webhook_id;
  insert into public.webhook_script_drafts as d (webhook_id, script)
  values (save_webhook_script_draft.webhook_id, save_webhook_script_draft.script)
  returning d.id into saved;
  return saved;
end
$$;
comment on function public.save_webhook_script_draft is
  'Saves a webhook''s draft in place of the one it had, with what that one came to; answers its id.';

create function public.publish_webhook_script_draft(webhook_id uuid, draft_id uuid) returns void
language plpgsql security definer -- nobody may write drafts
set search_path = ''
as $$
declare
  published text;
begin
  if auth.uid() is not null and not public.is_webhook_admin() then
    raise exception 'forbidden' using errcode = '42501';
  end if;
  perform from public.webhooks w where w.id = publish_webhook_script_draft.webhook_id and w.deleted_at is null for no key update;
  if not found then
    raise exception 'webhook_not_found' using errcode = '22023';
  end if;
  delete from public.webhook_script_drafts d
  where d.webhook_id = publish_webhook_script_draft.webhook_id and d.id = publish_webhook_script_draft.draft_id
  returning d.script into published;
  if published is null then
    raise exception 'draft_not_found' using errcode = '22023';
  end if;
  update public.webhooks w set transform_script = published, transform_enabled = true
  where w.id = publish_webhook_script_draft.webhook_id;
end
$$;
comment on function public.publish_webhook_script_draft is
  'Makes the draft the script that is applied, and with that a version. Only the draft that is named: somebody may have saved another one since (draft_not_found).';

create function public.discard_webhook_script_draft(webhook_id uuid, draft_id uuid) returns void
language plpgsql security definer -- nobody may write drafts
set search_path = ''
as $$
begin
  if auth.uid() is not null and not public.is_webhook_admin() then
    raise exception 'forbidden' using errcode = '42501';
  end if;
  delete from public.webhook_script_drafts d
  where d.webhook_id = discard_webhook_script_draft.webhook_id and d.id = discard_webhook_script_draft.draft_id;
  if not found then
    raise exception 'draft_not_found' using errcode = '22023';
  end if;
end
$$;
comment on function public.discard_webhook_script_draft is
  'Throws a draft away, with what it came to. Only the one that is named.';

create function public.note_webhook_shadow_run(draft_id uuid, outcome text, example jsonb default null) returns void
language plpgsql security invoker
set search_path = ''
set lock_timeout = '200ms'
as $$
declare
  kept constant integer := 5; -- examples of each outcome
begin
  update public.webhook_script_drafts d set
    same = d.same + (outcome = 'same')::integer, different = d.different + (outcome = 'different')::integer,
    failed = d.failed + (outcome = 'failed')::integer, last_run_at = now()
  where d.id = note_webhook_shadow_run.draft_id;
  if not found or example is null then
    return;
  end if;
  -- An erasure that is under way waits for this, or this for it.
  perform from public.webhook_events e where e.id = (example ->> 'event_id')::uuid and e.erased_at is null for key share;
  if not found then
    return;
  end if;
  insert into public.webhook_shadow_examples (draft_id, event_id, event_type, outcome, live, draft, live_error, draft_error)
  values (note_webhook_shadow_run.draft_id, (example ->> 'event_id')::uuid, example ->> 'event_type', note_webhook_shadow_run.outcome,
    example ->> 'live', example ->> 'draft', example ->> 'live_error', example ->> 'draft_error');
  delete from public.webhook_shadow_examples x
  where x.draft_id = note_webhook_shadow_run.draft_id and x.outcome = note_webhook_shadow_run.outcome and x.id <= (
    select y.id from public.webhook_shadow_examples y
    where y.draft_id = note_webhook_shadow_run.draft_id and y.outcome = note_webhook_shadow_run.outcome
    order by y.id desc offset kept limit 1);
end
$$;
comment on function public.note_webhook_shadow_run is
  'Counts what a draft came to (same, different, failed), and keeps the run as an example in place of the oldest. Nothing of a draft that is gone, or of an event that was erased.';

create function public.forget_shadow_examples(max_rows integer) returns integer
language plpgsql security invoker
set search_path = ''
as $$
declare
  forgotten integer;
begin
  delete from public.webhook_shadow_examples s where s.ctid = any (array(
    select x.ctid from public.webhook_shadow_examples x
    where x.event_id < (select e.id from public.webhook_events e order by e.id limit 1)
    limit max_rows for update skip locked));
  get diagnostics forgotten = row_count;
  return forgotten;
end
$$;
comment on function public.forget_shadow_examples is
  'A chore: forgets the examples of drafts whose events are older than any that is kept, at most so many. Answers how many.';

revoke execute on function public.save_webhook_script_draft, public.publish_webhook_script_draft, public.discard_webhook_script_draft,
  public.note_webhook_shadow_run, public.forget_shadow_examples
from public, anon, authenticated, service_role;
grant execute on function public.save_webhook_script_draft, public.publish_webhook_script_draft, public.discard_webhook_script_draft
to authenticated, service_role;
grant execute on function public.note_webhook_shadow_run, public.forget_shadow_examples
to service_role;

insert into public.webhook_chores (chore, every) values ('forget_shadow_examples', '01:00:00');

-- A deleted webhook's scripts go at once, as its secrets do.
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

-- Examples hold what the payload held.
create or replace function public.erase_webhook_events(event_ids uuid[]) returns jsonb
language plpgsql security invoker
set search_path = ''
-- What is named by ids is looked up by them, however little there was when the plan was made.
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  erasing uuid[];
  oldest uuid;
  ended uuid[];
  kept uuid[];
  delivery_ids uuid[];
  attempts integer;
  requests integer;
begin
  -- Who redelivers, or notes a request of the playground, holds the event too: one waits for the other.
  select coalesce(array_agg(e.id order by e.id), '{}') into erasing
  from (
    select x.id from public.webhook_events x where x.id = any (event_ids) and x.erased_at is null for update
  ) as e;
  oldest := public.webhook_uuid_v7_floor(public.webhook_uuid_v7_time(erasing[1]) - interval '1 minute');

  -- Also what is being sent: a result whose delivery is gone, or has another fence, is not written.
  with found as materialized (
    select q.id, q.event_type ~ '\.deleted$' or exists (
        select from public.webhook_source_rules r where r.event_type = q.event_type and r.operation = 'delete') as stays
    from public.webhook_queue q where q.id >= oldest and q.event_id = any (erasing) for update of q
  ), taken as (
    delete from public.webhook_queue q where q.id = any (array(select f.id from found f where not f.stays)) returning q.*
  ), final as (
    insert into public.webhook_history (id, webhook_id, event_id, event_type, is_test, status, retry_count, attempt_count, fence,
      last_status_code, last_error_kind, last_duration_ms, created_at, merged)
    select t.id, t.webhook_id, t.event_id, t.event_type, t.is_test, 'failed', t.retry_count, t.attempt_count, t.fence + 1,
      t.last_status_code, 'erased', t.last_duration_ms, t.created_at, t.merged
    from taken t
    returning id
  ), waiting as (
    update public.webhook_queue q set fence = q.fence + 1, last_error = null, payload_bytes = 0
    where q.id = any (array(select f.id from found f where f.stays))
    returning q.id
  )
  select array(select f.id from final f), array(select w.id from waiting w) into ended, kept;

  update public.webhook_history h set last_error = null
  where h.id >= oldest and h.event_id = any (erasing) and h.last_error is not null;
  delivery_ids := kept || array(select h.id from public.webhook_history h where h.id >= oldest and h.event_id = any (erasing));
  update public.webhook_attempts a set
    request_body = null, request_format = null, response_headers = null, response_body = null, response_truncated = false,
    error_message = null, console = null
  where a.delivery_id >= oldest and a.delivery_id = any (delivery_ids);
  get diagnostics attempts = row_count;
  delete from public.playground_requests r where r.delivery_id = any (delivery_ids::text[]);
  get diagnostics requests = row_count;
  delete from public.webhook_idempotency_keys k where k.event_id = any (erasing);
  delete from public.webhook_shadow_examples x where x.event_id = any (erasing);
  update public.webhook_events e set
    payload = json_build_object('id', case when json_typeof(e.payload -> 'id') in ('string', 'number') then e.payload -> 'id' end, 'erased', true),
    record_label = null, erased_at = clock_timestamp()
  where e.id = any (erasing);
  -- What is not indexed yet will be, as it is then.
  update public.webhook_event_words w set words = public.webhook_event_words(e.payload, null)
  from public.webhook_events e
  where w.event_id = any (erasing) and e.id = w.event_id;
  return jsonb_build_object('events', cardinality(erasing), 'deliveries', cardinality(delivery_ids), 'ended', cardinality(ended),
    'attempts', attempts, 'requests', requests);
end
$$;
comment on function public.erase_webhook_events is
  'Takes what these events hold of their record: payload ({"id": …, "erased": true} is left), label, search words, idempotency keys; bodies, answers, console lines and messages of their attempts (address and headers of a request are the webhook''s); requests of the playground; examples of drafts. Waiting deliveries end as failed (erased), but those of a deletion go out with the id. Answers how many; what was erased before counts no more.';
