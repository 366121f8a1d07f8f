create table public.webhooks (
  id uuid primary key default public.webhook_uuid_v7(),
  name text not null check (char_length(name) <= 120 and not public.webhook_is_blank(name)),
  url text not null,
  description text not null default '' check (char_length(description) <= 1000),
  -- That each name is in the registry, or a pattern, is asked by a trigger when it is written.
  events text[] not null check (public.webhook_subscriptions_are_valid(events)),
  headers jsonb not null default '{}' check (public.webhook_headers_are_valid(headers)),
  status text not null default 'active' check (status in ('active', 'inactive')),
  disabled_reason text check (disabled_reason in ('gone', 'failing')),
  transform_enabled boolean not null default false,
  transform_script text not null default '' check (octet_length(transform_script) <= 65536),
  retry_enabled boolean not null default true,
  max_retries integer not null default 3 check (max_retries between 0 and 20),
  retry_delay integer not null default 5 check (retry_delay between 1 and 3600),
  timeout_ms integer not null default 5000 check (timeout_ms between 1000 and 30000),
  seed_signature_enabled boolean not null default true,
  body_format text not null default 'envelope' check (body_format in ('envelope', 'raw')),
  max_in_flight integer not null default 16 check (max_in_flight between 1 and 100),
  rate_limit integer check (rate_limit between 1 and 1000),
  search_text text generated always as (name || ' ' || url) stored, -- what the list's search looks into
  created_by uuid default auth.uid(),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  retry_refusals boolean not null default true,
  deleted_at timestamptz,
  cancel_before timestamptz,
  conditions jsonb not null default '[]',
  condition_path jsonpath generated always as (public.webhook_condition_path(conditions)) stored,
  constraint webhooks_conditions_check check (public.webhook_conditions_are_valid(conditions)),
  ordered boolean not null default false,
  order_waits boolean not null default false,
  stale_retries text not null default 'send' check (stale_retries in ('send', 'skip')),
  skip_own_changes boolean not null default false,
  coalesce_seconds integer not null default 0 check (coalesce_seconds between 0 and 300),
  alert jsonb,
  slug text not null default '' check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and char_length(slug) <= 63),
  constraint webhooks_url_check check (char_length(url) <= 2048
    and case when alert ->> 'channel' = 'email' then url ^@ 'mailto:' else public.webhook_url_is_valid(url) end),
  constraint webhooks_alert_check check (alert is null or public.webhook_alert_is_valid(alert)
    and events <@ array['webhook.failing', 'webhook.recovered', 'webhook.disabled', 'delivery.exhausted']),
  constraint webhooks_transform_check check (not transform_enabled or not public.webhook_is_blank(transform_script)),
  constraint webhooks_reason_check check (disabled_reason is null or status = 'inactive'),
  constraint webhooks_deleted_check check (deleted_at is null or status = 'inactive')
);

comment on table public.webhooks is
  'The subscriptions: where to send, which events, how to transform and retry.';
comment on column public.webhooks.rate_limit is
  'Most requests a second, spread evenly; null for no limit.';
comment on column public.webhooks.retry_refusals is
  'Whether an answer 4xx (but 408, 425, 429) is tried again: it speaks of the request, and the next one will be the same.';
comment on column public.webhooks.ordered is
  'Deliveries of one record (the payload''s id) go out one after the other, in the order of their events.';
comment on column public.webhooks.order_waits is
  'Of an ordered one, whether nothing more of a record is sent once a delivery of it has failed for good, until somebody decides.';
comment on column public.webhooks.stale_retries is
  'Whether a retry is sent (send) or ends as skipped (skip) whose record has been delivered in a newer state since.';
comment on column public.webhooks.skip_own_changes is
  'It does not get events of changes that were made on its own account: see webhook_events.origin_webhook.';
comment on column public.webhooks.coalesce_seconds is
  'Changes of a record within so many seconds become one delivery; at most five times as long after the first. 0: each has its own.';
comment on column public.webhooks.alert is
  'What makes it an alert: how people are told (channel), in which language, of which webhooks (null: of all), at which e-mail addresses. Null: a webhook like others.';
comment on column public.webhooks.deleted_at is
  'A tombstone: the settings are wiped and people see it no more, while a job ends what waits. Then the row goes.';
comment on column public.webhooks.cancel_before is
  'What was created until then is not sent any more: a job takes it out of the queue, and sets this back to null.';
comment on column public.webhooks.conditions is
  'Rows of { field, operator, value } over the payload: an event that does not meet all of them makes no delivery. [] for every event.';
comment on column public.webhooks.condition_path is
  'The conditions as emit asks them; null for none.';

comment on column public.webhooks.slug is
  'What a configuration calls it: unique among those that are not deleted, made from the name, kept when the name changes.';

create index webhooks_events on public.webhooks using gin (events) where status = 'active';
-- A claim leaps from one that is sent to to the next.
create index webhooks_active on public.webhooks (id) where status = 'active';
create index webhooks_coalescing on public.webhooks (id) where coalesce_seconds > 0;
-- Import finds a webhook by it.
create unique index webhooks_slug on public.webhooks (slug) where deleted_at is null;
