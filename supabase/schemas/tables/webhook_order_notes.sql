create table public.webhook_order_notes (
  id uuid primary key default public.webhook_uuid_v7(),
  webhook_id uuid not null,
  record_id text
);

comment on table public.webhook_order_notes is
  'Records of ordered webhooks that the next claim looks at again, because somebody had their next delivery locked. Empty as a rule. Without a record: those of a webhook that no longer waits for anybody.';
