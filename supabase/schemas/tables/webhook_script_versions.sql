create table public.webhook_script_versions (
  id uuid primary key default public.webhook_uuid_v7(),
  webhook_id uuid not null references public.webhooks (id) on delete cascade,
  script text not null,
  saved_by uuid default auth.uid(),
  saved_at timestamptz default now()
);

comment on table public.webhook_script_versions is
  'Each script that a webhook had, whoever saved it: a trigger writes them, and nobody changes them. The newest is the one it has.';
comment on column public.webhook_script_versions.script is
  'Empty: the script was taken away.';
comment on column public.webhook_script_versions.saved_by is
  'Null: the service itself, SQL, or nobody knows.';
comment on column public.webhook_script_versions.saved_at is
  'Null: it was there before versions were kept.';

create index webhook_script_versions_webhook on public.webhook_script_versions (webhook_id, id);
