-- Signing out ends a session for whoever still has its access token, too: a token whose session is over has no role. Asked
-- where roles are asked for, this holds for every process, for REST and for each policy, at the cost of one look by key.

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
revoke execute on function public.webhook_session_lives from public, anon;
grant execute on function public.webhook_session_lives to authenticated, service_role;

create or replace function public.is_webhook_admin() returns boolean
language sql stable security definer
set search_path = ''
as $$
  select exists (select from public.webhook_roles where user_id = auth.uid() and role = 'admin') and public.webhook_session_lives()
$$;

create or replace function public.is_webhook_member() returns boolean
language sql stable security definer
set search_path = ''
as $$
  select exists (select from public.webhook_roles where user_id = auth.uid()) and public.webhook_session_lives()
$$;

create or replace function public.webhook_caller() returns json
language sql stable security invoker
set search_path = ''
as $$
  select json_build_object('user_id', auth.uid(), 'email', auth.jwt() ->> 'email',
    'role', (select r.role from public.webhook_roles r where r.user_id = auth.uid()))
  where auth.uid() is not null and public.webhook_session_lives()
$$;
comment on function public.webhook_caller is
  'Who the caller''s token belongs to: { user_id, email, role }; null without a valid token, and for an ended session.';

-- Where the owner of these functions may not read the sessions, this says so now and not at everybody's first request.
do $$ begin perform from auth.sessions limit 1; end $$;
