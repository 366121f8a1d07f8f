create table public.webhook_troubles (
  webhook_id uuid not null,
  condition text not null check (condition in ('paused', 'rate', 'exhausted')),
  since timestamptz not null default now(),
  last_at timestamptz not null default now(),
  ended_at timestamptz,
  primary key (webhook_id, condition)
) with (fillfactor = 50);

comment on table public.webhook_troubles is
  'What was told of webhooks that are in trouble, once for each condition until it is over. No foreign key, as in webhook_health.';
comment on column public.webhook_troubles.condition is
  'paused: the breaker opened; rate: fewer than 90% of the deliveries of 24 hours arrived; exhausted: a delivery has failed for good.';
comment on column public.webhook_troubles.last_at is
  'When it was last seen to be so, to some ten seconds.';
comment on column public.webhook_troubles.ended_at is
  'When it was over; null: it is so. The row stays: what was before counts no more for the rate.';

create index webhook_troubles_open on public.webhook_troubles (last_at) where ended_at is null;
