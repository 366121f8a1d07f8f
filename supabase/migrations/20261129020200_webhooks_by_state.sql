-- The list of webhooks: those in trouble first, by state and by name.

create function public.list_webhooks_by_state(
  most integer, term text default null, state text default null, sort text default 'newest', after_id uuid default null) returns json
language sql stable security invoker -- the policies decide which the caller sees
set search_path = ''
-- A webhook's day is looked up: read as a whole, the statistics of all days would be.
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
  with known as materialized (
    select w.id, w.name, w.status, case
        when w.status = 'inactive' then case when w.disabled_reason is null then 4 else 2 end
        when h.paused_until is not null or h.failures >= 5 then 0
        when s.held_until > now() or h.failures > 0 then 1
        when (select sum(d.failed + d.retried) >= 0.01 * sum(d.succeeded + d.failed + d.retried) and sum(d.failed + d.retried) > 0
          from public.webhook_stats_hourly d where d.webhook_id = w.id and d.hour > now() - interval '24 hours') then 1
        else 3 end as rank
    from public.webhooks w
    left join public.webhook_health h on h.webhook_id = w.id
    left join public.webhook_holds s on s.webhook_id = w.id
    where w.deleted_at is null -- the service, for a token, passes the policies
      and (term is null or w.search_text ilike '%' || regexp_replace(term, '[\\%_]', '\\\&', 'g') || '%')
  ), ordered as materialized (
    select k.id, row_number() over (order by
        case when sort = 'trouble' then k.rank end, case when sort = 'name' then lower(k.name) end, k.id desc) as place
    from known k
    where case list_webhooks_by_state.state when 'troubled' then k.rank <= 2 when 'active' then k.status = 'active'
      when 'inactive' then k.status = 'inactive' else true end
  )
  select json_build_object(
    'ids', (select coalesce(json_agg(o.id order by o.place), '[]') from (
      select o.id, o.place from ordered o
      -- By its id also behind one that was deleted meanwhile.
      where after_id is null or case sort when 'newest' then o.id < after_id else o.place > (select x.place from ordered x where x.id = after_id) end
      order by o.place limit most) as o),
    'counts', (select json_build_object('all', count(*), 'troubled', count(*) filter (where k.rank <= 2),
      'active', count(*) filter (where k.status = 'active'), 'inactive', count(*) filter (where k.status = 'inactive')) from known k))
$$;
comment on function public.list_webhooks_by_state is
  'Webhooks whose name or URL contains term: { ids, counts }. state: troubled (down, degraded or switched off by the system), active or inactive. sort: newest, trouble (the worst first) or name; after_id: behind this one. A receiver is down or degraded as receiverHealth has it; a test holds the two together.';

revoke execute on function public.list_webhooks_by_state
from public, anon, authenticated, service_role;
grant execute on function public.list_webhooks_by_state
to authenticated, service_role;

create or replace function public.webhook_schema_version() returns text
language sql immutable parallel safe
return '20261129020200';
