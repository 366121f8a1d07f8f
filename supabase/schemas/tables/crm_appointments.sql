create table public.crm_appointments (
  id uuid primary key default public.webhook_uuid_v7(),
  lead_id uuid references public.crm_leads (id) on delete set null,
  titre text not null check (char_length(titre) <= 200 and not public.webhook_is_blank(titre)),
  debut timestamptz not null,
  fin timestamptz not null,
  lieu text not null default '' check (char_length(lieu) <= 200),
  statut text not null default 'planifie' check (statut in ('planifie', 'annule')),
  motif text not null default '' check (char_length(motif) <= 500),
  created_at timestamptz not null default now(),
  -- Years of four digits: others, and infinity, are no time that a program reads.
  constraint crm_appointments_times_check check (
    fin > debut and debut >= '0001-01-01T00:00:00Z' and fin <= '9999-12-31T23:59:59.999Z')
);

comment on table public.crm_appointments is
  'Appointments. They tell their changes themselves, in the transaction of the change.';

-- Deleting a lead reads its appointments and files by these.
create index crm_appointments_lead on public.crm_appointments (lead_id);
