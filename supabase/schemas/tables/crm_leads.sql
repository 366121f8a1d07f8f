create table public.crm_leads (
  id uuid primary key default public.webhook_uuid_v7(),
  nom text not null check (char_length(nom) <= 120 and not public.webhook_is_blank(nom)),
  prenom text not null default '' check (char_length(prenom) <= 120),
  -- The pattern of zod's email(), which the API asks.
  email text not null default '' check (email = '' or (char_length(email) <= 254
    and email ~ '^(?!\.)(?!.*\.\.)[A-Za-z0-9_''+.-]*[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9-]*\.)+[A-Za-z]{2,}$')),
  telephone text not null default '' check (char_length(telephone) <= 40),
  statut text not null default 'nouveau' check (statut in ('nouveau', 'contacte', 'qualifie', 'gagne', 'perdu')),
  created_at timestamptz not null default now()
);

comment on table public.crm_leads is
  'Leads. They tell their changes themselves, in the transaction of the change.';
