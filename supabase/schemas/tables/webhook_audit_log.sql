create table public.webhook_audit_log (
  id uuid primary key default public.webhook_uuid_v7(),
  at timestamptz not null default now(),
  user_id uuid default auth.uid(),
  webhook_id uuid,
  action text not null check (action in ('created', 'updated', 'deleted', 'secrets_revealed', 'secret_rotated', 'record_erased',
    'token_made', 'token_revoked', 'token_used', 'configuration_exported', 'configuration_imported')),
  record_digest bytea,
  counts jsonb,
  token_id uuid default public.webhook_acting_token(),
  about_token uuid,
  address text,
  constraint webhook_audit_log_subject_check check (
    num_nonnulls(webhook_id, record_digest, about_token) = case when action like 'configuration\_%' then 0 else 1 end
    and (record_digest is not null) = (action = 'record_erased') and (about_token is not null) = (action like 'token\_%'))
);

comment on table public.webhook_audit_log is
  'Who created, changed or deleted a webhook, who saw or rotated its secrets, who erased a record, who made or revoked a token, and from where it was used, who exported or imported the configuration.';
comment on column public.webhook_audit_log.record_digest is
  'Of the id of an erased record (webhook_record_digest): the log is kept longer than anything of a person, whose id may be an e-mail address.';
comment on column public.webhook_audit_log.counts is
  'What an erasure took, on the row of the last of its records; how many webhooks a configuration had, made or changed.';
comment on column public.webhook_audit_log.token_id is
  'The token that did it; null: the person of user_id, or the service itself.';
comment on column public.webhook_audit_log.about_token is 'The token that was made, revoked or used.';
comment on column public.webhook_audit_log.address is 'From where a token was used for the first time.';

-- What comes to the index of words is compared with it.
create index webhook_audit_log_records on public.webhook_audit_log (record_digest) where record_digest is not null;

-- Each address of a token is told once.
create unique index webhook_audit_log_addresses on public.webhook_audit_log (about_token, address) where address is not null;
