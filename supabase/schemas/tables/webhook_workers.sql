create table public.webhook_workers (
  worker text primary key,
  last_exchange_at timestamptz not null default now(),
  last_settled_at timestamptz,
  floor timestamptz not null default '-infinity',
  floor_seen_at timestamptz,
  floor_took interval,
  behind uuid[] not null default '{}',
  behind_since timestamptz[] not null default '{}'
) with (fillfactor = 50);

comment on table public.webhook_workers is
  'The drains that exchange with this database, to within 2 seconds: whether anything moves is seen from any process.';
comment on column public.webhook_workers.floor is
  'Nothing in the queue was due before, when its drain last looked, but of the webhooks in behind: what lies before it in the index is dead, and is kept in the way by somebody''s old snapshot.';
comment on column public.webhook_workers.behind is
  'Webhooks whose first delivery has been due for longer: it is locked or held, or many wait. Each has a floor of its own, in behind_since.';
