create table public.playground_requests (
  id uuid primary key default public.webhook_uuid_v7(),
  inbox_id uuid not null references public.playground_inboxes (id) on delete cascade,
  method text not null check (char_length(method) <= 16),
  query text not null default '' check (char_length(query) <= 4096),
  headers json not null, -- masked by the service: what would give a secret away is not stored
  body text not null check (octet_length(body) <= 3145728), -- 1 MiB as received; a byte that is no text takes three
  event_type text check (char_length(event_type) <= 200),
  delivery_id text check (char_length(delivery_id) <= 200),
  -- which try of its delivery this is, from 1, as far as this inbox remembers
  attempt integer not null default 1 check (attempt >= 1),
  answered_status integer not null check (answered_status between 200 and 599),
  answered_after_ms integer not null default 0 check (answered_after_ms >= 0),
  seed_signature text not null check (seed_signature in ('valid', 'invalid', 'absent', 'unknown')),
  standard_signature text not null check (standard_signature in ('valid', 'invalid', 'absent', 'unknown')),
  webhook_id uuid,
  received_at timestamptz not null default now()
);

comment on table public.playground_requests is
  'What an inbox received, with both signatures checked. The last 100 per inbox, for 24 hours.';
comment on column public.playground_requests.webhook_id is
  'The webhook with this inbox''s address whose secrets were used; null when there is none.';

create index playground_requests_inbox on public.playground_requests (inbox_id, id desc);
