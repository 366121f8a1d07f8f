create table public.webhook_jobs (
  id uuid primary key default public.webhook_uuid_v7(),
  kind text not null check (kind in ('delete', 'cancel', 'replay', 'erase', 'missing', 'backfill')),
  webhook_id uuid,
  params jsonb not null default '{}',
  done integer not null default 0,
  total integer,
  state text not null default 'running' check (state in ('running', 'finished', 'stopped', 'failed')),
  failures integer not null default 0,
  error text,
  created_by uuid default auth.uid(),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  finished_at timestamptz,
  check ((state = 'running') = (finished_at is null))
);

comment on table public.webhook_jobs is
  'Work that grows with a queue, done in small steps beside the sending: deleting a webhook, cancelling what waits, replaying failures, erasing records, sending what was missing, telling of the rows that were there before.';
comment on column public.webhook_jobs.total is
  'Deliveries that it will have dealt with, or rows, of a backfill; null while nobody has counted, beyond 100,000, or where events are erased.';
comment on column public.webhook_jobs.failures is
  'Steps that failed in a row.';

create index webhook_jobs_running on public.webhook_jobs (updated_at) where state = 'running';
create unique index webhook_jobs_one on public.webhook_jobs (webhook_id, kind) where state = 'running' and kind in ('delete', 'cancel');
