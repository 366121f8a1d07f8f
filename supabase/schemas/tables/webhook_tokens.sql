create table public.webhook_tokens (
  id uuid primary key default public.webhook_uuid_v7(),
  name text not null check (char_length(name) between 1 and 100),
  prefix text not null check (char_length(prefix) between 4 and 16),
  sha256 bytea not null unique check (octet_length(sha256) = 32),
  scope text not null check (scope in ('trigger', 'read', 'manage')),
  created_by uuid default auth.uid() references auth.users (id) on delete set null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz
);

comment on table public.webhook_tokens is
  'With what machines call the API: of each token its hash, never the token. They belong to the installation, and outlive whoever made them.';
comment on column public.webhook_tokens.prefix is 'How the token begins, so that people tell one from another.';
comment on column public.webhook_tokens.scope is
  'trigger: events may be triggered. read: everything but secrets may be read. manage: both, and what administrators change.';
comment on column public.webhook_tokens.expires_at is 'Null: never.';
comment on column public.webhook_tokens.last_used_at is 'To the minute.';

create index webhook_tokens_created_by on public.webhook_tokens (created_by);
