create table public.crm_files (
  id uuid primary key default public.webhook_uuid_v7(),
  lead_id uuid references public.crm_leads (id) on delete set null,
  nom text not null check (char_length(nom) <= 255 and not public.webhook_is_blank(nom)),
  type_mime text not null default 'application/octet-stream' check (
    char_length(type_mime) <= 127 and type_mime ~ '^[A-Za-z0-9_.+-]+/[A-Za-z0-9_.+-]+$'),
  taille integer not null,
  contenu bytea not null check (octet_length(contenu) <= 1048576),
  created_at timestamptz not null default now(),
  constraint crm_files_taille_check check (taille = octet_length(contenu))
);

comment on table public.crm_files is
  'Files of at most 1 MiB. They tell their changes themselves, in the transaction of the change.';

create index crm_files_lead on public.crm_files (lead_id);
