create table public.webhook_audit_log (
  id uuid primary key default public.webhook_uuid_v7(),
  at timestamptz not null default now(),
  user_id uuid default auth.uid(),
  webhook_id uuid,
  action text not null check (action in ('created', 'updated', 'deleted', 'secrets_revealed', 'secret_rotated', 'record_erased')),
  record_digest bytea,
  counts jsonb,
  constraint webhook_audit_log_subject_check check ((webhook_id is null) = (action = 'record_erased') and (record_digest is null) = (webhook_id is not null))
);

comment on table public.webhook_audit_log is
  'Who created, changed or deleted a webhook, who saw or rotated its secrets, and who erased a record.';
comment on column public.webhook_audit_log.record_digest is
  'Of the id of an erased record (webhook_record_digest): the log is kept longer than anything of a person, whose id may be an e-mail address.';
comment on column public.webhook_audit_log.counts is
  'What an erasure took, on the row of the last of its records.';

-- What comes to the index of words is compared with it.
create index webhook_audit_log_records on public.webhook_audit_log (record_digest) where record_digest is not null;
