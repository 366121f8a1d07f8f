create table public.webhook_row_events (
  event_id uuid primary key,
  event_type text not null,
  record_id text not null
);

comment on table public.webhook_row_events is
  'Events that tables told by themselves, until code that triggers the same has been answered with them. Of no use after a minute; its ids carry the time.';

create index webhook_row_events_record on public.webhook_row_events (event_type, record_id);
