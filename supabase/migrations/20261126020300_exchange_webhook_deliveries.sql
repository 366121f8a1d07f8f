-- What a drain says of itself is worth no wait: whoever held its row in webhook_workers stopped everything it sends.

create or replace function public.exchange_webhook_deliveries(
  results text, max_items integer, worker text, after_webhook uuid default null, max_payload integer default null,
  patience_ms integer default 500
) returns text -- as text, both ways: no layer between takes it apart
language plpgsql security invoker
set search_path = ''
as $$
declare
  busy json := '[]';
begin
  perform set_config('lock_timeout', least(greatest(patience_ms, 50), 500) || 'ms', true);
  if results <> '[]' then
    busy := public.settle_webhook_deliveries(results::json, patience_ms) -> 'busy';
  end if;
  if not exists (
    select from public.webhook_workers w
    where w.worker = exchange_webhook_deliveries.worker and w.last_exchange_at > now() - interval '2 seconds'
      and (results = '[]' or w.last_settled_at > now() - interval '2 seconds')
  ) then
    update public.webhook_workers w set
      last_exchange_at = now(), last_settled_at = case when results <> '[]' then now() else w.last_settled_at end
    where w.worker = (
      select x.worker from public.webhook_workers x where x.worker = exchange_webhook_deliveries.worker for update skip locked);
    if not found then
      insert into public.webhook_workers (worker, last_settled_at) values (worker, case when results <> '[]' then now() end)
      on conflict on constraint webhook_workers_pkey do nothing;
    end if;
  end if;
  return json_build_object('busy', busy, 'claim', case
    when max_items > 0 then public.claim_webhook_deliveries(max_items, worker, after_webhook, max_payload) end)::text;
end
$$;
