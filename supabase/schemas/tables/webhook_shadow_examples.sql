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
