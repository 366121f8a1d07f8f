create table public.webhook_audit_log (
  id uuid primary key default public.webhook_uuid_v7(),
  at timestamptz not null default now(),
  user_id uuid default auth.uid(),
  webhook_id uuid not null,
  action text not null check (action in ('created', 'updated', 'deleted', 'secrets_revealed', 'secret_rotated'))
);

comment on table public.webhook_audit_log is
  'Who created, changed or deleted a webhook, and who saw or rotated its secrets.';
