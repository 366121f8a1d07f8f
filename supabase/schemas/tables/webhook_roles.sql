create table public.webhook_roles (
  user_id uuid primary key references auth.users (id) on delete cascade,
  role text not null check (role in ('admin', 'member')),
  created_at timestamptz not null default now()
);

comment on table public.webhook_roles is
  'admin: manages webhooks. member: may trigger events and use the CRM. A user without a row has no rights.';
