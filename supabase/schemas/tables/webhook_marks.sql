create table public.webhook_marks (
  webhook_id uuid not null,
  claimed_due timestamptz not null,
  claimed_id uuid not null,
  span timestamptz not null default '-infinity',
  primary key (webhook_id, span)
) with (fillfactor = 50);

comment on table public.webhook_marks is
  'Of each webhook the last place in its queue that was claimed: what is under way lies just before it, also when a transaction that took long brings rows which fall due earlier. Written by claim. No foreign key, as in webhook_health.';
comment on column public.webhook_marks.span is
  'Each ten seconds in which something is claimed have a row of their own, which takes along what was reached before: while anybody keeps an old snapshot, a row that is written again and again costs more each time.';
