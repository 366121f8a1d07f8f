create table public.webhook_pace (
  webhook_id uuid primary key references public.webhooks (id) on delete cascade,
  next_at timestamptz not null default now()
) with (fillfactor = 50);

comment on table public.webhook_pace is
  'Of each webhook with a rate_limit: when its next request is due at that rate (the theoretical arrival time of GCRA).';
