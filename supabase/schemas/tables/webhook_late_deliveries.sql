create table public.webhook_late_deliveries (
  webhook_id uuid not null,
  event_id uuid not null,
  delivery_id uuid not null,
  primary key (webhook_id, event_id)
);

comment on table public.webhook_late_deliveries is
  'Deliveries of events that were not made with their event and for it alone: afterwards, by a job, or of several events as one (webhook_queue.merged). One at most of an event for a webhook. The ids of all others are of the time of their event; these are found by it.';

create index webhook_late_deliveries_event on public.webhook_late_deliveries (event_id);
