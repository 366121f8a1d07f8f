create table public.webhook_sources (
  relation regclass primary key,
  kind text not null unique check (public.webhook_event_name_is_valid(kind || '.x') and kind <> 'webhook'),
  label text[] not null default '{}',
  ignore text[] not null default '{}',
  iso_times boolean not null default false,
  attached_at timestamptz not null default now(),
  failed_at timestamptz,
  error text,
  shape text,
  queries json,
  erases boolean not null default false
);

comment on table public.webhook_sources is
  'Tables that tell their own changes: written by attach_webhook_source and detach_webhook_source.';
comment on column public.webhook_sources.label is
  'The columns by which people know a row: "Chloé Lefèvre".';
comment on column public.webhook_sources.ignore is
  'Columns that never go out, and whose change tells nothing.';
comment on column public.webhook_sources.iso_times is
  'Whether times go out as 2026-01-15T10:30:00.000Z, as the specification has them; else as the JSON of a row has them.';
comment on column public.webhook_sources.shape is
  'What the table and its rules were when queries were made.';
comment on column public.webhook_sources.queries is
  'How the events of a statement are read, by operation: made by webhook_source_query, and kept.';
comment on column public.webhook_sources.erases is
  'Whether the deletion of a row erases what is kept of its record, in the same transaction.';
comment on column public.webhook_sources.error is
  'Why changes were last written without being told; null: they never were, since it was attached.';
