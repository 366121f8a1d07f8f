-- Who is calling, and what they may do.

create function public.webhook_session_lives() returns boolean
language sql stable security definer
set search_path = ''
as $$
  -- A token that names no session was made with the project's own keys, and ends with its time.
  select case when nullif(auth.jwt() ->> 'session_id', '') is null then true
    else exists (select from auth.sessions where id = (auth.jwt() ->> 'session_id')::uuid) end
$$;
comment on function public.webhook_session_lives is
  'False once the session of the caller''s token was ended: by signing out, by an administrator, or with the account.';

create function public.is_webhook_admin() returns boolean
language sql stable security definer
set search_path = ''
as $$
  select exists (select from public.webhook_roles where user_id = auth.uid() and role = 'admin') and public.webhook_session_lives()
$$;
comment on function public.is_webhook_admin is 'True when the caller''s token belongs to an administrator.';

create function public.is_webhook_member() returns boolean
language sql stable security definer
set search_path = ''
as $$
  select exists (select from public.webhook_roles where user_id = auth.uid()) and public.webhook_session_lives()
$$;
comment on function public.is_webhook_member is 'True when the caller''s token belongs to a member or an administrator.';

create function public.webhook_caller() returns json
language sql stable security invoker
set search_path = ''
as $$
  select json_build_object('user_id', auth.uid(), 'email', auth.jwt() ->> 'email',
    'role', (select r.role from public.webhook_roles r where r.user_id = auth.uid()))
  where auth.uid() is not null and public.webhook_session_lives()
$$;
comment on function public.webhook_caller is
  'Who the caller''s token belongs to: { user_id, email, role }; null without a valid token, and for an ended session.';

create function public.grant_webhook_role(email text, role text) returns void
language plpgsql security invoker
set search_path = ''
as $$
begin
  insert into public.webhook_roles (user_id, role)
  select u.id, grant_webhook_role.role from auth.users u where lower(u.email) = lower(grant_webhook_role.email)
  on conflict (user_id) do update set role = excluded.role;
  if not found then
    raise exception 'No user has the e-mail address %: create the account first.', email using errcode = '22023';
  end if;
end
$$;
comment on function public.grant_webhook_role is
  'Makes a user an administrator (''admin'') or a member (''member''). For the SQL editor: select grant_webhook_role(''a@b.fr'', ''admin'').';

revoke execute on function public.webhook_session_lives, public.is_webhook_admin, public.is_webhook_member, public.webhook_caller, public.grant_webhook_role
from public, anon, authenticated, service_role;
grant execute on function public.webhook_session_lives, public.is_webhook_admin, public.is_webhook_member
to authenticated, service_role;
grant execute on function public.webhook_caller
to authenticated;
