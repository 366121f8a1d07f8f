create type public.webhook_queue_place as (webhook_id uuid, since timestamptz, first_due timestamptz, first_id uuid);

comment on type public.webhook_queue_place is
  'Where the queue of a webhook begins: when its first delivery of either lane was due, less a margin; and the first of those not yet tried.';

create table public.webhook_workers (
  worker text primary key,
  last_exchange_at timestamptz not null default now(),
  last_settled_at timestamptz,
  floor timestamptz not null default '-infinity',
  floor_seen_at timestamptz,
  floor_took interval,
  behind public.webhook_queue_place[] not null default '{}'
) with (fillfactor = 50);

comment on table public.webhook_workers is
  'The drains that exchange with this database, to within 2 seconds: whether anything moves is seen from any process.';
comment on column public.webhook_workers.floor is
  'Nothing in the queue was due before, when its drain last looked, but of the webhooks in behind: what lies before it in the index is dead, and is kept in the way by somebody''s old snapshot.';
comment on column public.webhook_workers.behind is
  'Where the queues of those webhooks begin whose first delivery has been due for longer: it is locked or held, or many wait.';
