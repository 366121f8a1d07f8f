-- A program that listens for a while: an inbox with a webhook of its own, both of which go when it does.

create function public.start_webhook_listener(name text, origin text, events text[]) returns json
language plpgsql security definer -- hands out the secrets of the webhook that it makes, which nobody may read
set search_path = ''
as $$
declare
  inbox public.playground_inboxes;
  made public.webhooks;
begin
  if auth.uid() is not null and not public.is_webhook_admin() then
    raise exception 'forbidden' using errcode = '42501';
  end if;
  insert into public.playground_inboxes (name, listened_at) values (left(start_webhook_listener.name, 80), now())
  returning * into inbox;
  insert into public.webhooks (name, url, events)
  values (start_webhook_listener.name, start_webhook_listener.origin || '/api/playground/' || inbox.id, start_webhook_listener.events)
  returning * into made;
  update public.playground_inboxes i set listener = made.id where i.id = inbox.id;
  return (
    select json_build_object('inbox_id', inbox.id, 'webhook_id', made.id, 'url', made.url, 'events', made.events,
      'signing_secret', s.signing_secret, 'secret_key', s.secret_key)
    from public.webhook_secrets s where s.webhook_id = made.id);
end
$$;
comment on function public.start_webhook_listener is
  'Makes an inbox and a webhook that sends to it, for a program that listens for a while. Its secrets are answered here and nowhere else: they are worth nothing but for this inbox.';

create function public.webhook_listener_requests(inbox_id uuid, since timestamptz default null) returns json
language plpgsql security definer -- notes that somebody listens
set search_path = ''
as $$
declare
  listener uuid;
begin
  if auth.uid() is not null and not public.is_webhook_admin() then
    raise exception 'forbidden' using errcode = '42501';
  end if;
  select i.listener into listener from public.playground_inboxes i
  where i.id = webhook_listener_requests.inbox_id and i.listener is not null;
  if not found then
    raise exception 'inbox_not_found' using errcode = '22023';
  end if;
  if not exists (select from public.webhooks w where w.id = listener and w.deleted_at is null) then
    raise exception 'webhook_not_found' using errcode = '22023';
  end if;
  update public.playground_inboxes i set listened_at = now()
  where i.id = webhook_listener_requests.inbox_id and i.listened_at < now() - interval '10 seconds';
  return (
    select coalesce(json_agg(r order by r.id), '[]') from (
      select q.id, q.method, q.headers, q.body, q.event_type, q.delivery_id, q.attempt, q.received_at
      from public.playground_requests q
      where q.inbox_id = webhook_listener_requests.inbox_id
        -- One that was received earlier may have been stored later.
        and q.id > public.webhook_uuid_v7_floor(greatest(since, '2000-01-01'::timestamptz) - interval '5 seconds')
      order by q.id limit 100) as r);
end
$$;
comment on function public.webhook_listener_requests is
  'What a listener''s inbox received since then and in the 5 seconds before, oldest first, with headers as they came. Whoever asks goes on listening.';

create function public.forget_webhook_listeners(max_rows integer) returns integer
language plpgsql security invoker
set search_path = ''
as $$
declare
  forgotten integer;
begin
  delete from public.playground_inboxes i where i.id = any (array(
    select x.id from public.playground_inboxes x
    where x.listener is not null and x.listened_at < now() - interval '10 minutes'
    limit least(max_rows, 100) for update skip locked));
  get diagnostics forgotten = row_count;
  return forgotten;
end
$$;
comment on function public.forget_webhook_listeners is
  'A chore: removes listeners that nobody has asked for 10 minutes, with their webhooks. Answers how many.';

revoke execute on function public.start_webhook_listener, public.webhook_listener_requests, public.forget_webhook_listeners
from public, anon, authenticated, service_role;
grant execute on function public.start_webhook_listener, public.webhook_listener_requests
to authenticated, service_role;
grant execute on function public.forget_webhook_listeners
to service_role;
