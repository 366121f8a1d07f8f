create table public.webhook_row_events (
  event_id uuid not null,
  event_type text not null,
  record_id text collate "C" not null,
  primary key (event_type, record_id, event_id)
);

comment on table public.webhook_row_events is
  'Events that tables told by themselves, until code that triggers the same has been answered with them. Of no use after a minute; its ids carry the time.';
