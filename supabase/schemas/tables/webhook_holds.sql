create table public.webhook_holds (
  webhook_id uuid primary key,
  held_until timestamptz not null,
  status_code integer not null,
  slots integer not null default 1 check (slots >= 1)
) with (fillfactor = 50);

comment on table public.webhook_holds is
  'Webhooks whose receiver asked to be left alone for a while (429; 503 with Retry-After), until they send at full width again. No foreign key, as in webhook_health.';
comment on column public.webhook_holds.slots is
  'How many requests at once after the hold: one, and one more for each success. The row goes when that is max_in_flight.';
