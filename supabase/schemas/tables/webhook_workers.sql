create table public.webhook_workers (
  worker text primary key,
  last_exchange_at timestamptz not null default now(),
  last_settled_at timestamptz
) with (fillfactor = 50);

comment on table public.webhook_workers is
  'The drains that exchange with this database, to within 2 seconds: whether anything moves is seen from any process.';
