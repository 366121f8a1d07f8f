-- A step of a replay reads failures in the order in which it takes them, whatever is known of the tables: with some statistics it
-- joined them to their webhook, and so read and sorted all of them for each step.

create or replace function public.run_replay_step(job public.webhook_jobs, max_rows integer) returns jsonb
language plpgsql security invoker
set search_path = ''
set enable_seqscan = off
set enable_bitmapscan = off
set enable_mergejoin = off
set enable_hashjoin = off
as $$
declare
  nowhere constant uuid := '00000000-0000-0000-0000-000000000000';
  since constant uuid := public.webhook_uuid_v7_floor((job.params ->> 'since')::timestamptz);
  until constant uuid := coalesce(
    public.webhook_uuid_v7_floor((job.params ->> 'until')::timestamptz), 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  -- Where the job is: each delivery comes by once, also one that failed again meanwhile.
  at_webhook uuid := coalesce((job.params ->> 'at_webhook')::uuid, job.webhook_id, nowhere);
  at_delivery uuid := coalesce((job.params ->> 'at_delivery')::uuid, nowhere);
  webhooks_left integer := 200;
  batch uuid[];
begin
  loop
    select array_agg(x.id order by x.id) into batch from (
      select h.id from public.webhook_history h
      -- Looked up, not joined: from the webhook's side of a join all of its failures would be read and sorted.
      where (select w.status = 'active' from public.webhooks w where w.id = at_webhook)
        and h.webhook_id = at_webhook
        and h.status = 'failed' and not h.is_test and h.last_error_kind is distinct from 'cancelled'
        and h.id >= since and h.id < until and h.id > at_delivery
        and h.finished_at < job.created_at
      order by h.id
      limit max_rows) as x;
    if batch is not null then
      perform public.redeliver_webhook_deliveries(batch);
      return jsonb_build_object('moved', cardinality(batch), 'finished', false,
        'params', job.params || jsonb_build_object('at_webhook', at_webhook, 'at_delivery', batch[cardinality(batch)]));
    end if;
    if job.webhook_id is not null then
      return jsonb_build_object('moved', 0, 'finished', true, 'params', job.params);
    end if;
    select w.id into at_webhook from public.webhooks w where w.id > at_webhook and w.status = 'active' order by w.id limit 1;
    if not found then
      return jsonb_build_object('moved', 0, 'finished', true, 'params', job.params);
    end if;
    at_delivery := nowhere;
    webhooks_left := webhooks_left - 1;
    if webhooks_left = 0 then
      return jsonb_build_object('moved', 0, 'finished', false,
        'params', job.params || jsonb_build_object('at_webhook', at_webhook, 'at_delivery', null));
    end if;
  end loop;
end
$$;
