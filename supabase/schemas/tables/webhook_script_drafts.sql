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
