-- Machine tokens: administrators make and revoke them, the service looks up the one that a request brings.

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
