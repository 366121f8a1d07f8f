create table public.webhook_marks (
  webhook_id uuid primary key,
  claimed_due timestamptz not null,
  claimed_id uuid not null
) with (fillfactor = 50);

comment on table public.webhook_marks is
  'Of each webhook the last place in its queue that was claimed: what is under way lies just before it, also when a transaction that took long brings rows which fall due earlier. Written by claim. No foreign key, as in webhook_health.';
