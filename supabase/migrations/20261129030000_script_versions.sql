-- Every script of a webhook is kept, with who saved it and when.

create table public.webhook_script_versions (
  id uuid primary key default public.webhook_uuid_v7(),
  webhook_id uuid not null references public.webhooks (id) on delete cascade,
  script text not null,
  saved_by uuid default auth.uid(),
  saved_at timestamptz default now()
);

comment on table public.webhook_script_versions is
  'Each script that a webhook had, whoever saved it: a trigger writes them, and nobody changes them. The newest is the one it has.';
comment on column public.webhook_script_versions.script is
  'Empty: the script was taken away.';
comment on column public.webhook_script_versions.saved_by is
  'Null: the service itself, SQL, or nobody knows.';
comment on column public.webhook_script_versions.saved_at is
  'Null: it was there before versions were kept.';

create index webhook_script_versions_webhook on public.webhook_script_versions (webhook_id, id);

alter table public.webhook_script_versions enable row level security;
revoke all on public.webhook_script_versions from public, anon, authenticated;
grant all on public.webhook_script_versions to service_role;
grant select on public.webhook_script_versions to authenticated;
create policy "administrators read" on public.webhook_script_versions
  for select to authenticated using ((select public.is_webhook_admin()));

-- What is there already, of which nobody knows since when.
insert into public.webhook_script_versions (webhook_id, script, saved_by, saved_at)
select w.id, w.transform_script, null, null from public.webhooks w where w.transform_script <> '' and w.deleted_at is null;

create function public.keep_script_version() returns trigger
language plpgsql security definer -- nobody may write versions
set search_path = ''
as $$
begin
  if new.deleted_at is null and new.transform_script <> (case tg_op when 'UPDATE' then old.transform_script else '' end) then
    insert into public.webhook_script_versions (webhook_id, script) values (new.id, new.transform_script);
  end if;
  return null;
end
$$;
comment on function public.keep_script_version is
  'Each script that is saved is a version, whoever saves it.';
revoke execute on function public.keep_script_version from public, anon, authenticated, service_role;
create trigger keep_script_version after insert or update of transform_script on public.webhooks
  for each row execute function public.keep_script_version();
