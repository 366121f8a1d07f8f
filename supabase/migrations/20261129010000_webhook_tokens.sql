-- Machine tokens: what machines call the API with, and what the audit log tells of them.

create function public.webhook_acting_token() returns uuid
language sql stable security invoker
set search_path = ''
as $$
  -- The service alone says for which token it acts; anybody may send the header.
  select case when auth.jwt() ->> 'role' = 'service_role'
    then nullif(current_setting('request.headers', true), '')::json ->> 'x-devlink-token' end::uuid
$$;
comment on function public.webhook_acting_token is
  'The token on whose behalf the service writes, as its request says (X-DevLink-Token); null: a person, or the service itself.';

revoke execute on function public.webhook_acting_token
from public, anon, authenticated, service_role;
grant execute on function public.webhook_acting_token
to service_role;

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

alter table public.webhook_audit_log
  add column token_id uuid,
  add column about_token uuid,
  add column address text,
  drop constraint webhook_audit_log_action_check,
  add constraint webhook_audit_log_action_check
    check (action in ('created', 'updated', 'deleted', 'secrets_revealed', 'secret_rotated', 'record_erased',
      'token_made', 'token_revoked', 'token_used')),
  drop constraint webhook_audit_log_subject_check,
  add constraint webhook_audit_log_subject_check check (num_nonnulls(webhook_id, record_digest, about_token) = 1
    and (record_digest is not null) = (action = 'record_erased') and (about_token is not null) = (action like 'token\_%'));
-- Apart, so that the rows that are there stay as they are.
alter table public.webhook_audit_log alter column token_id set default public.webhook_acting_token();
comment on table public.webhook_audit_log is
  'Who created, changed or deleted a webhook, who saw or rotated its secrets, who erased a record, who made or revoked a token, and from where it was used.';
comment on column public.webhook_audit_log.token_id is
  'The token that did it; null: the person of user_id, or the service itself.';
comment on column public.webhook_audit_log.about_token is 'The token that was made, revoked or used.';
comment on column public.webhook_audit_log.address is 'From where a token was used for the first time.';

-- Each address of a token is told once.
create unique index webhook_audit_log_addresses on public.webhook_audit_log (about_token, address) where address is not null;

create function public.make_webhook_token(name text, prefix text, sha256 text, scope text, days integer default null) returns uuid
language plpgsql security definer -- nobody may write webhook_tokens
set search_path = ''
as $$
declare
  made uuid;
begin
  if auth.uid() is not null and not public.is_webhook_admin() then
    raise exception 'forbidden' using errcode = '42501';
  end if;
  if days not between 1 and 3650 or sha256 !~ '^[0-9a-f]{64}$' then
    raise exception 'validation_failed' using errcode = '22023', hint = 'days is 1 to 3,650 or null, sha256 are 64 hexadecimal digits.';
  end if;
  if (select count(*) from public.webhook_tokens t where t.revoked_at is null and (t.expires_at > now()) is not false) >= 200 then
    raise exception 'too_many_tokens' using errcode = '22023', hint = 'At most 200 that are good: revoke some.';
  end if;
  insert into public.webhook_tokens (name, prefix, sha256, scope, expires_at)
  values (make_webhook_token.name, make_webhook_token.prefix, decode(make_webhook_token.sha256, 'hex'), make_webhook_token.scope,
    now() + make_interval(days => make_webhook_token.days))
  returning id into made;
  insert into public.webhook_audit_log (action, about_token) values ('token_made', made);
  return made;
end
$$;
comment on function public.make_webhook_token is
  'Keeps a token that an administrator made, by its SHA-256 (hexadecimal); it is good for so many days, or for ever. Answers its id.';

create function public.revoke_webhook_token(token_id uuid) returns void
language plpgsql security definer -- nobody may write webhook_tokens
set search_path = ''
as $$
begin
  if auth.uid() is not null and not public.is_webhook_admin() then
    raise exception 'forbidden' using errcode = '42501';
  end if;
  update public.webhook_tokens t set revoked_at = now() where t.id = revoke_webhook_token.token_id and t.revoked_at is null;
  if found then
    insert into public.webhook_audit_log (action, about_token) values ('token_revoked', revoke_webhook_token.token_id);
    return;
  end if;
  perform from public.webhook_tokens t where t.id = revoke_webhook_token.token_id;
  if not found then
    raise exception 'token_not_found' using errcode = '22023';
  end if;
end
$$;
comment on function public.revoke_webhook_token is 'Ends a token for good. One that is revoked already stays as it is.';

create function public.list_webhook_tokens()
returns table (id uuid, name text, prefix text, scope text, created_by text, created_at timestamptz, expires_at timestamptz,
  last_used_at timestamptz, revoked_at timestamptz)
language plpgsql stable security definer -- nobody may read webhook_tokens, nor auth.users
set search_path = ''
as $$
#variable_conflict use_column
begin
  if auth.uid() is not null and not public.is_webhook_admin() then
    raise exception 'forbidden' using errcode = '42501';
  end if;
  return query
  select t.id, t.name, t.prefix, t.scope, u.email::text, t.created_at, t.expires_at, t.last_used_at, t.revoked_at
  from public.webhook_tokens t left join auth.users u on u.id = t.created_by
  order by t.revoked_at is not null, t.id desc
  limit 500;
end
$$;
comment on function public.list_webhook_tokens is
  'Tokens without their hashes, with the e-mail address of who made them: those that are not revoked first, newest first, at most 500.';

create function public.use_webhook_token(sha256 text, address text) returns json
language plpgsql security invoker
set search_path = ''
as $$
declare
  token public.webhook_tokens;
begin
  select t.* into token from public.webhook_tokens t where t.sha256 = decode(use_webhook_token.sha256, 'hex');
  if not found then
    return null;
  end if;
  if token.revoked_at is null and (token.expires_at > now()) is not false then
    if (token.last_used_at > now() - interval '1 minute') is not true then
      -- Who holds the row notes it, or whoever comes next: no request waits for it.
      update public.webhook_tokens t set last_used_at = now()
      where t.id = (select x.id from public.webhook_tokens x where x.id = token.id for update skip locked);
    end if;
    if not exists (select from public.webhook_audit_log a where a.about_token = token.id and a.address = use_webhook_token.address)
      and (select count(*) from public.webhook_audit_log a where a.about_token = token.id and a.address is not null) < 100 then
      insert into public.webhook_audit_log (action, about_token, token_id, address)
      values ('token_used', token.id, token.id, use_webhook_token.address)
      on conflict do nothing;
    end if;
  end if;
  return json_build_object('id', token.id, 'name', token.name, 'scope', token.scope, 'expires_at', token.expires_at,
    'revoked_at', token.revoked_at);
end
$$;
comment on function public.use_webhook_token is
  'The token with this SHA-256 (hexadecimal), good or not; null: there is none. Of a good one it notes when it was used, and in the audit log the first use from each address, of the first 100.';

revoke execute on function public.make_webhook_token, public.revoke_webhook_token, public.list_webhook_tokens, public.use_webhook_token
from public, anon, authenticated, service_role;
-- Not to the service: it acts for tokens, and a token makes none.
grant execute on function public.make_webhook_token, public.revoke_webhook_token, public.list_webhook_tokens
to authenticated;
grant execute on function public.use_webhook_token
to service_role;

-- Tokens are made, listed and revoked by verbs: nobody reads a hash.

alter table public.webhook_tokens enable row level security;
revoke all on public.webhook_tokens from public, anon, authenticated;
grant all on public.webhook_tokens to service_role;
