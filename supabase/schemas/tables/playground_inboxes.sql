create table public.playground_inboxes (
  id uuid primary key default gen_random_uuid(), -- random, not time-ordered: the id is the only key to the inbox's address
  name text not null check (char_length(name) <= 80 and not public.webhook_is_blank(name)),
  behaviour text not null default 'ok'
    check (behaviour in ('ok', 'error', 'gone', 'slow', 'random', 'retry_after', 'recovers')),
  created_at timestamptz not null default now(),
  listener uuid,
  listened_at timestamptz
);

comment on table public.playground_inboxes is
  'Addresses that can be given to a webhook, and how each one answers.';
comment on column public.playground_inboxes.listener is
  'The webhook of a program that listens here for a while: it goes with the inbox. Null: an inbox that people made.';
comment on column public.playground_inboxes.listened_at is
  'When that program last asked; one that asks no more is removed by a chore.';
