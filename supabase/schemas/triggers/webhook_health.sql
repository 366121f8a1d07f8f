-- Breakers that open, and receivers that take deliveries again, are told of in the transaction that finds it out. A success that
-- meets no trouble fires nothing.

create function public.after_breaker_opened() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  perform public.begin_webhook_trouble(new.webhook_id, 'paused');
  return null;
end
$$;
comment on function public.after_breaker_opened is
  'The event webhook.failing, for the other webhooks that listen to it.';

create function public.after_breaker_closed() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  -- Where nothing gets through, what was given up was given up for the same reason.
  if exists (select from public.webhook_troubles t
    where t.webhook_id = old.webhook_id and t.condition = 'paused' and t.ended_at is null) then
    perform public.end_webhook_troubles(old.webhook_id, array['paused', 'exhausted']);
  end if;
  return null;
end
$$;
comment on function public.after_breaker_closed is
  'The event webhook.recovered, for the other webhooks that listen to it.';

revoke execute on function public.after_breaker_opened, public.after_breaker_closed
from public, anon, authenticated, service_role;

create trigger after_breaker_opened after update on public.webhook_health
  for each row when (new.paused_until is not null and old.paused_until is null) execute function public.after_breaker_opened();
create trigger after_breaker_began_open after insert on public.webhook_health
  for each row when (new.paused_until is not null) execute function public.after_breaker_opened();
-- A success removes the row; so does a person who changes the webhook (within another trigger), which proves nothing yet.
create trigger after_breaker_closed after delete on public.webhook_health
  for each row when (old.paused_until is not null and pg_trigger_depth() = 0) execute function public.after_breaker_closed();
