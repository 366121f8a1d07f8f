-- A webhook's next script: saved as a draft, compared in the shadow of the live one, published.

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
