-- What the system tells of itself: webhooks that fail, that recover, deliveries that were given up; once for each webhook and
-- condition until it is over.

create function public.webhook_event_is_system(name text) returns boolean
language sql immutable parallel safe
return split_part(name, '.', 1) = 'webhook' or name = 'delivery.exhausted';
comment on function public.webhook_event_is_system is
  'Whether only this system emits what has this name.';
revoke execute on function public.webhook_event_is_system from public, anon, authenticated, service_role;
grant execute on function public.webhook_event_is_system to authenticated, service_role;

create or replace function public.webhook_event_types() returns text[]
language sql stable parallel safe
set search_path = ''
as $$
  select coalesce(array_agg(t.name order by t.created_at, t.name), '{}') from public.webhook_event_types t where not public.webhook_event_is_system(t.name)
$$;
comment on function public.webhook_event_types is
  'The event types that can be triggered, those first that came first.';

create or replace function public.webhook_subscribable_event_types() returns text[]
language sql stable parallel safe
set search_path = ''
as $$
  select coalesce(array_agg(t.name order by public.webhook_event_is_system(t.name), t.created_at, t.name), '{}') from public.webhook_event_types t
$$;
comment on function public.webhook_subscribable_event_types is
  'The event types that a webhook may listen to: those that can be triggered, and those that this system emits itself. It may also listen to patterns: kind.* and *.';

create or replace function public.store_webhook_events(events json, of_rows boolean) returns json
language plpgsql security invoker -- called by functions that have asked for the caller's right, as their owner
set search_path = ''
-- The plan hardly depends on the events, and to make it costs as much as to store one.
set plan_cache_mode = force_generic_plan
as $$
declare
  caller constant uuid := coalesce(auth.uid(), '00000000-0000-0000-0000-000000000000');
  types text[];
  payloads json[];
  keys text[];
  traces text[];
  labels text[];
  origins text[];
  said_origin uuid; -- of all that say none themselves
  ids uuid[];
  stores boolean[]; -- which of them are new events
  fault text;
  claimed uuid[];
  own uuid;
  record_key text;
  emitted json;
  coalesces boolean;
begin
  begin
    select array_agg(e.event_type), array_agg(e.payload), array_agg(nullif(e.idempotency_key, '')),
      array_agg(left(e.traceparent, 55)), array_agg(e.origin_webhook), array_agg(case when of_rows then left(e.record_label, 200) end), array_agg(public.webhook_uuid_v7()), array_agg(nullif(e.idempotency_key, '') is null),
      (array_agg(e.fault) filter (where e.fault is not null))[1]
    into types, payloads, keys, traces, origins, labels, ids, stores, fault
    from (
      select i.*, case
          when t.name is null then 'unknown_event'
          when i.payload is null then 'payload_not_json'
          when octet_length(i.payload::text) > 262144 then 'payload_too_large'
          when octet_length(i.payload::text) > 401 and public.webhook_json_is_deep(i.payload) then 'payload_too_deep'
          when char_length(i.idempotency_key) > 255 then 'validation_failed'
        end as fault
      from rows from (json_to_recordset(events) as (event_type text, payload json, idempotency_key text, traceparent text, origin_webhook text, record_label text))
        with ordinality as i (event_type, payload, idempotency_key, traceparent, origin_webhook, record_label, n)
      left join public.webhook_event_types t on t.name = i.event_type and not public.webhook_event_is_system(t.name)
      order by i.n
    ) as e;
  exception
    when statement_too_complex then -- the parser's own limit, at some thousands of levels
      fault := 'payload_too_deep';
    when untranslatable_character or invalid_text_representation then -- U+0000; half of a surrogate pair
      fault := 'payload_not_json';
  end;
  if fault is not null then
    raise exception '%', fault using errcode = '22023', hint = case fault
      when 'unknown_event' then 'See webhook_event_types() for the event types.'
      when 'payload_not_json' then 'The payload must be JSON other than null, without U+0000 and halves of surrogate pairs.'
      when 'payload_too_large' then 'The payload must be JSON of at most 262,144 bytes.'
      when 'payload_too_deep' then 'The payload must not be nested more than 200 levels deep.'
      else 'A key has 1 to 255 characters.' end;
  end if;
  if types is null then
    return '[]';
  end if;

  if false = any (stores) then
    -- In the order of keys, so that two batches never wait for each other. A key that lapsed is a new one.
    with asked as (
      select distinct on (i.key) i.key, i.id, public.webhook_event_digest(i.event_type, i.payload) as digest
      from unnest(keys, ids, types, payloads) with ordinality as i (key, id, event_type, payload, n)
      where i.key is not null
      order by i.key, i.n
    ), first as (
      insert into public.webhook_idempotency_keys as k (owner, key, event_id, digest)
      select caller, a.key, a.id, a.digest from asked a order by a.key
      on conflict (owner, key) do update
        set event_id = excluded.event_id, digest = excluded.digest, created_at = excluded.created_at
        where k.created_at < now() - interval '24 hours'
      returning k.event_id
    )
    select coalesce(array_agg(f.event_id), '{}') into claimed from first f;
    select array_agg(i.key is null or i.id = any (claimed) order by i.n) into stores
    from unnest(keys, ids) with ordinality as i (key, id, n);
  end if;

  -- Code that triggers what its row has told already is answered with the row's event.
  if not of_rows and exists (select from public.webhook_row_events r where r.event_type = any (types)) then
    for i in 1 .. cardinality(ids) loop
      continue when not stores[i] or payloads[i] ->> 'id' is null;
      record_key := public.webhook_record_key(payloads[i] ->> 'id');
      delete from public.webhook_row_events r where r.event_type = types[i] and r.record_id = record_key and r.event_id = (
        select x.event_id from public.webhook_row_events x
        where x.event_type = types[i] and x.record_id = record_key
          and x.event_id > public.webhook_uuid_v7_floor(now() - interval '1 minute')
        order by x.event_id desc limit 1 for update skip locked)
      returning r.event_id into own;
      continue when own is null;
      if keys[i] is not null then
        update public.webhook_idempotency_keys k set event_id = own where k.owner = caller and k.key = keys[i];
      end if;
      ids[i] := own;
      stores[i] := false;
    end loop;
  end if;

  if current_setting('devlink.origin', true) <> '' or strpos(current_setting('request.headers', true), '"x-devlink-origin"') > 0 then
    said_origin := public.webhook_origin(null);
  end if;
  with subscriber as materialized (
    select t.event_type, w.id as webhook_id, w.condition_path, w.ordered, w.skip_own_changes,
      w.ordered or w.stale_retries = 'skip' or (w.coalesce_seconds > 0 and right(t.event_type, 8) = '.updated') as by_record,
      case when right(t.event_type, 8) = '.updated' then w.coalesce_seconds else 0 end as coalesce_seconds
    from (select distinct i.event_type from unnest(types, stores) as i (event_type, is_new) where i.is_new) t
    join public.webhooks w on w.status = 'active' and w.events && array[t.event_type, split_part(t.event_type, '.', 1) || '.*', '*']
  ), listening as materialized (
    select s.event_type, count(*)::integer as webhooks, bool_or(s.by_record) as by_record,
      bool_or(s.condition_path is not null) as conditional
    from subscriber s group by s.event_type
  ), accepted as materialized (
    -- What somebody's conditions are asked of; null where jsonb cannot hold it, and then no condition is met.
    select i.n, i.id, i.event_type, i.payload, i.traceparent, i.record_label, octet_length(i.payload::text) as payload_bytes,
      nextval('public.webhook_event_sequence') as sequence,
      case when l.by_record then public.webhook_record_key(i.payload ->> 'id') end as record_id,
      coalesce(case when i.origin is not null then public.webhook_origin(i.origin) end, said_origin) as origin_webhook,
      case when l.conditional then public.webhook_jsonb(i.payload) end as asked, coalesce(l.webhooks, 0) as listening
    from unnest(ids, types, payloads, traces, origins, labels, stores) with ordinality as i (id, event_type, payload, traceparent, origin, record_label, is_new, n)
    left join listening l on l.event_type = i.event_type
    where i.is_new
  ), heard as materialized (
    select a.*, array(
      select s.webhook_id from subscriber s
      where s.event_type = a.event_type
        and not (s.skip_own_changes and s.webhook_id is not distinct from a.origin_webhook)
        and (s.condition_path is null or jsonb_path_match(a.asked, s.condition_path, '{}', true))) as webhooks
    from accepted a
  ), stored as (
    insert into public.webhook_events (id, event_type, payload, traceparent, record_label, deliveries, left_out, origin, sequence, origin_webhook)
    select a.id, a.event_type, a.payload, a.traceparent, a.record_label, cardinality(a.webhooks),
      a.listening - cardinality(a.webhooks),
      case when of_rows then 'row' else 'application' end, a.sequence, a.origin_webhook
    from heard a
    returning id, deliveries
  ), queued as (
    insert into public.webhook_queue (webhook_id, event_id, event_type, payload_bytes, due_at, record_id, sequence, turn)
    select s.webhook_id, a.id, a.event_type, a.payload_bytes,
      case when s.coalesce_seconds > 0 and a.record_id is not null then now() + make_interval(secs => s.coalesce_seconds) else now() end,
      case when s.by_record then a.record_id end,
      case when s.by_record and a.record_id is not null then a.sequence end,
      case when s.ordered and a.record_id is not null then 0 end
    from heard a join subscriber s on s.event_type = a.event_type and s.webhook_id = any (a.webhooks)
  )
  select json_agg(json_build_object('event_id', s.id, 'deliveries', s.deliveries) order by a.n),
    exists (select from subscriber x where x.coalesce_seconds > 0)
  into emitted, coalesces
  from accepted a join stored s on s.id = a.id;
  if coalesces then
    perform public.coalesce_webhook_deliveries(ids);
  end if;

  if of_rows then
    insert into public.webhook_row_events (event_id, event_type, record_id)
    select i.id, i.event_type, public.webhook_record_key(i.payload ->> 'id')
    from unnest(ids, types, payloads) as i (id, event_type, payload);
  end if;
  if true = all (stores) then
    return emitted;
  end if;

  -- A statement of its own, so that it sees what another transaction committed while we waited for its key.
  perform from unnest(keys, types, payloads, ids, stores) as i (key, event_type, payload, id, is_new)
  join public.webhook_idempotency_keys k on k.owner = caller and k.key = i.key
  left join public.webhook_events e on e.id = k.event_id
  where not i.is_new
    and k.digest is distinct from public.webhook_event_digest(i.event_type, i.payload)
    -- The stored value has the last word: 1.0 and 1 are the same number, and old keys have no digest.
    and (e.event_type = i.event_type
      and (public.webhook_jsonb(e.payload) = public.webhook_jsonb(i.payload) or e.payload::text = i.payload::text)) is not true;
  if found then
    raise exception 'idempotency_key_reused' using errcode = '23505',
      hint = 'This caller used the key for another type or payload within the last 24 hours.';
  end if;
  select json_agg(json_build_object('event_id', e.id, 'deliveries', coalesce(w.deliveries, 0)) order by e.n) into emitted
  from (
    select i.n, coalesce(k.event_id, i.id) as id
    from unnest(ids, keys) with ordinality as i (id, key, n)
    left join public.webhook_idempotency_keys k on k.owner = caller and k.key = i.key
  ) as e
  left join public.webhook_events w on w.id = e.id;
  return emitted;
end
$$;
comment on function public.store_webhook_events is
  'What emit_webhook_events does once it knows that the caller may. of_rows: events that a table tells by itself; they are noted, so that code which triggers the same is answered with them.';

alter policy "members read, administrators write" on public.webhook_event_types
  with check ((not public.webhook_event_is_system(name)) and (select public.is_webhook_admin()));
comment on table public.webhook_event_types is
  'The registry of event types: what may be triggered, and what the system emits itself (webhook_event_is_system).';
insert into public.webhook_event_types (name, labels, descriptions, label_paths, created_at, sample, schema) values
  ('webhook.failing', '{"fr":"Webhook en panne","en":"Webhook failing"}', '{"fr":"Plus rien n’arrive à un récepteur, qui est mis en pause, ou moins de 90 % des livraisons d’un webhook aboutissent sur 24 heures. Une seule fois, jusqu’au rétablissement.","en":"A receiver takes nothing any more and is paused, or fewer than 90% of a webhook’s deliveries arrive over 24 hours. Once, until it recovers."}', '{name}', '2026-11-01T00:00:10Z',
    '{"id":"0190a6e4-5b1c-7f3e-8d21-6a4c9f0e7b35","name":"Synchronisation comptable","reason":"paused","since":"2024-01-15T10:30:00Z","success_rate":0.62,"waiting":194,"link":"/webhooks/0190a6e4-5b1c-7f3e-8d21-6a4c9f0e7b35","delivery":{"id":"0190a6e4-6c2d-7a4f-9e32-7b5dad1f8c46","event":{"id":"0190a6e4-6c2d-7a4f-9e32-7b5dad1f8c40","type":"lead.created","occurred_at":"2024-01-15T10:29:12Z"},"record_id":"123e4567-e89b-12d3-a456-426614174000","link":"/deliveries/0190a6e4-6c2d-7a4f-9e32-7b5dad1f8c46","attempts":4,"last_attempt":{"started_at":"2024-01-15T10:30:00Z","duration_ms":5000,"status_code":null,"error_kind":"timeout","error_message":"The receiver did not answer within 5000 ms."},"title":{"fr":"Délai dépassé","en":"Timed out"},"cause":{"fr":"La réponse n’est pas arrivée à temps.","en":"The response did not arrive in time."},"cure":{"fr":"Répondez 200 dès réception et traitez ensuite, ou allongez le délai du webhook.","en":"Answer 200 on receipt and work afterwards, or lengthen the webhook’s timeout."}}}',
    '{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{"id":{"type":"string","description":"UUID"},"name":{"type":"string"},"reason":{"type":"string","enum":["paused","rate"],"description":"paused: nothing gets through; rate: under 90% in 24 hours"},"since":{"type":"string","description":"ISO 8601"},"success_rate":{"description":"of the deliveries that ended in the last 24 hours, 0 to 1","type":["number","null"]},"waiting":{"type":"number","description":"deliveries that wait, counted up to 10,000"},"link":{"type":"string","description":"path in the console"},"delivery":{"type":"object","properties":{"id":{"type":"string","description":"UUID"},"event":{"type":"object","properties":{"id":{"type":"string","description":"UUID"},"type":{"type":"string"},"occurred_at":{"type":"string","description":"ISO 8601"}},"required":["id","type","occurred_at"],"additionalProperties":false},"record_id":{"type":["string","null"]},"link":{"type":"string","description":"path in the console"},"attempts":{"type":"number"},"last_attempt":{"anyOf":[{"type":"object","properties":{"started_at":{"type":"string","description":"ISO 8601"},"duration_ms":{"type":"number"},"status_code":{"type":["number","null"]},"error_kind":{"type":["string","null"]},"error_message":{"type":["string","null"]}},"required":["started_at","duration_ms","status_code","error_kind","error_message"],"additionalProperties":false},{"type":"null"}]},"title":{"anyOf":[{"type":"object","properties":{"fr":{"type":"string"},"en":{"type":"string"}},"required":["fr","en"],"additionalProperties":false},{"type":"null"}]},"cause":{"anyOf":[{"type":"object","properties":{"fr":{"type":"string"},"en":{"type":"string"}},"required":["fr","en"],"additionalProperties":false},{"type":"null"}]},"cure":{"anyOf":[{"type":"object","properties":{"fr":{"type":"string"},"en":{"type":"string"}},"required":["fr","en"],"additionalProperties":false},{"type":"null"}]}},"required":["id","event","record_id","link","attempts","last_attempt","title","cause","cure"],"additionalProperties":false}},"required":["id","name","reason","since","success_rate","waiting","link","delivery"],"additionalProperties":false}'),
  ('webhook.recovered', '{"fr":"Webhook rétabli","en":"Webhook recovered"}', '{"fr":"Un webhook dont une panne ou un abandon avait été signalé livre de nouveau.","en":"A webhook of which a failure had been told delivers again."}', '{name}', '2026-11-01T00:00:11Z',
    '{"id":"0190a6e4-5b1c-7f3e-8d21-6a4c9f0e7b35","name":"Synchronisation comptable","reasons":["paused"],"since":"2024-01-15T10:30:00Z","recovered_at":"2024-01-15T11:12:30Z","lasted_seconds":2550,"waiting":194,"link":"/webhooks/0190a6e4-5b1c-7f3e-8d21-6a4c9f0e7b35"}',
    '{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{"id":{"type":"string","description":"UUID"},"name":{"type":"string"},"reasons":{"type":"array","items":{"type":"string","enum":["paused","rate","exhausted"]},"description":"what is over"},"since":{"type":"string","description":"ISO 8601"},"recovered_at":{"type":"string","description":"ISO 8601"},"lasted_seconds":{"type":"number"},"waiting":{"type":"number","description":"deliveries that wait, counted up to 10,000"},"link":{"type":"string","description":"path in the console"}},"required":["id","name","reasons","since","recovered_at","lasted_seconds","waiting","link"],"additionalProperties":false}'),
  ('delivery.exhausted', '{"fr":"Livraison abandonnée","en":"Delivery given up"}', '{"fr":"Une livraison a échoué pour de bon. Une seule fois par webhook, jusqu’à son rétablissement.","en":"A delivery has failed for good. Once per webhook, until it recovers."}', '{record_label}', '2026-11-01T00:00:12Z',
    '{"id":"123e4567-e89b-12d3-a456-426614174000","lead_id":null,"record_label":"Jean Dupont","webhook":{"id":"0190a6e4-5b1c-7f3e-8d21-6a4c9f0e7b35","name":"Synchronisation comptable"},"delivery_id":"0190a6e4-6c2d-7a4f-9e32-7b5dad1f8c46","event":{"id":"0190a6e4-6c2d-7a4f-9e32-7b5dad1f8c40","type":"lead.created","occurred_at":"2024-01-15T10:29:12Z"},"since":"2024-01-15T10:30:00Z","waiting":3,"link":"/deliveries/0190a6e4-6c2d-7a4f-9e32-7b5dad1f8c46","attempts":4,"last_attempt":{"started_at":"2024-01-15T10:30:00Z","duration_ms":5000,"status_code":null,"error_kind":"timeout","error_message":"The receiver did not answer within 5000 ms."},"title":{"fr":"Délai dépassé","en":"Timed out"},"cause":{"fr":"La réponse n’est pas arrivée à temps.","en":"The response did not arrive in time."},"cure":{"fr":"Répondez 200 dès réception et traitez ensuite, ou allongez le délai du webhook.","en":"Answer 200 on receipt and work afterwards, or lengthen the webhook’s timeout."}}',
    '{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{"id":{"description":"of the record","type":["string","null"]},"lead_id":{"type":["string","null"]},"record_label":{"type":["string","null"]},"webhook":{"type":"object","properties":{"id":{"type":"string","description":"UUID"},"name":{"type":"string"}},"required":["id","name"],"additionalProperties":false},"delivery_id":{"type":"string","description":"UUID"},"event":{"type":"object","properties":{"id":{"type":"string","description":"UUID"},"type":{"type":"string"},"occurred_at":{"type":"string","description":"ISO 8601"}},"required":["id","type","occurred_at"],"additionalProperties":false},"since":{"type":"string","description":"ISO 8601"},"waiting":{"type":"number","description":"deliveries that wait, counted up to 10,000"},"link":{"type":"string","description":"path in the console"},"attempts":{"type":"number"},"last_attempt":{"anyOf":[{"type":"object","properties":{"started_at":{"type":"string","description":"ISO 8601"},"duration_ms":{"type":"number"},"status_code":{"type":["number","null"]},"error_kind":{"type":["string","null"]},"error_message":{"type":["string","null"]}},"required":["started_at","duration_ms","status_code","error_kind","error_message"],"additionalProperties":false},{"type":"null"}]},"title":{"anyOf":[{"type":"object","properties":{"fr":{"type":"string"},"en":{"type":"string"}},"required":["fr","en"],"additionalProperties":false},{"type":"null"}]},"cause":{"anyOf":[{"type":"object","properties":{"fr":{"type":"string"},"en":{"type":"string"}},"required":["fr","en"],"additionalProperties":false},{"type":"null"}]},"cure":{"anyOf":[{"type":"object","properties":{"fr":{"type":"string"},"en":{"type":"string"}},"required":["fr","en"],"additionalProperties":false},{"type":"null"}]}},"required":["id","lead_id","record_label","webhook","delivery_id","event","since","waiting","link","attempts","last_attempt","title","cause","cure"],"additionalProperties":false}')
on conflict (name) do update set labels = excluded.labels, descriptions = excluded.descriptions,
  label_paths = excluded.label_paths, created_at = excluded.created_at, sample = excluded.sample, schema = excluded.schema,
  schema_mode = 'document', deprecated_at = null;

create table public.webhook_troubles (
  webhook_id uuid not null,
  condition text not null check (condition in ('paused', 'rate', 'exhausted')),
  since timestamptz not null default now(),
  last_at timestamptz not null default now(),
  ended_at timestamptz,
  primary key (webhook_id, condition)
) with (fillfactor = 50);

comment on table public.webhook_troubles is
  'What was told of webhooks that are in trouble, once for each condition until it is over. No foreign key, as in webhook_health.';
comment on column public.webhook_troubles.condition is
  'paused: the breaker opened; rate: fewer than 90% of the deliveries of 24 hours arrived; exhausted: a delivery has failed for good.';
comment on column public.webhook_troubles.last_at is
  'When it was last seen to be so, to some ten seconds.';
comment on column public.webhook_troubles.ended_at is
  'When it was over; null: it is so. The row stays: what was before counts no more for the rate.';

create index webhook_troubles_open on public.webhook_troubles (last_at) where ended_at is null;

create table public.webhook_failure_causes (
  name text primary key,
  title jsonb not null,
  cause jsonb not null,
  cure jsonb not null
);

comment on table public.webhook_failure_causes is
  'Why deliveries fail and what to do about it, in words, {"fr": …, "en": …}: what the system tells of them says so. Named by webhook_failure_cause.';

-- As lib/i18n/messages has them; a test holds the two together.
insert into public.webhook_failure_causes (name, title, cause, cure) values
  ('status', '{"fr":"Réponse d’erreur","en":"Error response"}', '{"fr":"Le récepteur a répondu par un code autre que 2xx.","en":"The receiver answered with a code other than 2xx."}', '{"fr":"Lisez sa réponse et ses journaux ; dès qu’il répond 200, la livraison passe.","en":"Read its response and its logs; as soon as it answers 200, the delivery goes through."}'),
  ('throttled', '{"fr":"Trop de demandes","en":"Too many requests"}', '{"fr":"Le récepteur demande d’attendre (429). Rien ne lui est envoyé d’ici là, et aucune tentative n’est décomptée.","en":"The receiver asks us to wait (429). Nothing is sent to it until then, and no attempt is used up."}', '{"fr":"Rien à faire : l’envoi reprend de lui-même, doucement. Si cela revient, limitez les requêtes par seconde du webhook.","en":"Nothing to do: sending resumes by itself, slowly. If it keeps coming back, limit the webhook’s requests a second."}'),
  ('redirect', '{"fr":"Redirection","en":"Redirect"}', '{"fr":"Le récepteur a répondu par une redirection, et elles ne sont jamais suivies.","en":"The receiver answered with a redirect, and redirects are never followed."}', '{"fr":"Donnez au webhook l’adresse finale.","en":"Give the webhook the final address."}'),
  ('gone', '{"fr":"Adresse abandonnée","en":"Address abandoned"}', '{"fr":"Le récepteur a répondu 410 : il ne veut plus rien recevoir. Le webhook a été désactivé.","en":"The receiver answered 410: it wants nothing more. The webhook was disabled."}', '{"fr":"Corrigez l’URL, puis réactivez le webhook.","en":"Correct the URL, then activate the webhook again."}'),
  ('dns', '{"fr":"Domaine introuvable","en":"Host not found"}', '{"fr":"Le nom de domaine de l’URL ne mène à aucune adresse.","en":"The host name of the URL leads to no address."}', '{"fr":"Vérifiez l’orthographe du domaine et sa zone DNS.","en":"Check the spelling of the host name and its DNS records."}'),
  ('address_refused', '{"fr":"Adresse refusée","en":"Address refused"}', '{"fr":"Le domaine mène à une adresse privée ou réservée ; rien n’a été envoyé.","en":"The host name leads to a private or reserved address; nothing was sent."}', '{"fr":"Exposez le récepteur sur une adresse publique.","en":"Expose the receiver on a public address."}'),
  ('connection_refused', '{"fr":"Connexion refusée","en":"Connection refused"}', '{"fr":"Rien n’écoute à cette adresse et sur ce port.","en":"Nothing listens at this address and port."}', '{"fr":"Démarrez le récepteur, ou corrigez le port et le pare-feu.","en":"Start the receiver, or correct the port and the firewall."}'),
  ('connection_reset', '{"fr":"Connexion coupée","en":"Connection cut"}', '{"fr":"La connexion a été fermée avant la fin de la réponse.","en":"The connection was closed before the response was complete."}', '{"fr":"Cherchez un redémarrage ou un proxy qui coupe trop tôt.","en":"Look for a restart, or a proxy that cuts too early."}'),
  ('tls', '{"fr":"Connexion sécurisée impossible","en":"No secure connection"}', '{"fr":"La négociation TLS a échoué ; le détail est dans le message.","en":"The TLS handshake failed; the message says more."}', '{"fr":"Transmettez ce message à la personne qui tient le récepteur.","en":"Pass the message on to whoever runs the receiver."}'),
  ('tls_absent', '{"fr":"Pas de TLS sur ce port","en":"No TLS on this port"}', '{"fr":"L’URL commence par https://, mais ce port ne parle pas TLS.","en":"The URL begins with https://, but this port does not speak TLS."}', '{"fr":"Corrigez le port, ou installez un certificat sur le récepteur.","en":"Correct the port, or install a certificate on the receiver."}'),
  ('tls_expired', '{"fr":"Certificat hors de ses dates","en":"Certificate outside of its dates"}', '{"fr":"Le certificat du récepteur a expiré, ou n’est pas encore valable.","en":"The receiver’s certificate has expired, or is not in force yet."}', '{"fr":"Renouvelez-le, et vérifiez l’heure du serveur.","en":"Renew it, and check the server’s clock."}'),
  ('tls_name', '{"fr":"Certificat d’un autre nom","en":"Certificate of another name"}', '{"fr":"Le certificat du récepteur est celui d’un autre nom de domaine.","en":"The receiver’s certificate is for another host name."}', '{"fr":"Installez un certificat pour ce nom, ou corrigez l’URL.","en":"Install a certificate for this name, or correct the URL."}'),
  ('tls_authority', '{"fr":"Certificat d’une autorité inconnue","en":"Certificate of an unknown authority"}', '{"fr":"Le certificat est auto-signé, signé par une autorité privée, ou son certificat intermédiaire manque.","en":"The certificate is self-signed, signed by a private authority, or its intermediate certificate is missing."}', '{"fr":"Installez un certificat d’une autorité reconnue, avec sa chaîne complète.","en":"Install a certificate of a known authority, with its whole chain."}'),
  ('tls_protocol', '{"fr":"TLS trop ancien","en":"TLS too old"}', '{"fr":"Le récepteur et nous n’avons ni version ni chiffrement TLS en commun.","en":"The receiver and we have no TLS version or cipher in common."}', '{"fr":"Activez TLS 1.2 ou 1.3 sur le récepteur.","en":"Enable TLS 1.2 or 1.3 on the receiver."}'),
  ('http2_only', '{"fr":"HTTP/2 seulement","en":"HTTP/2 only"}', '{"fr":"Le récepteur refuse HTTP/1.1, avec lequel les webhooks sont envoyés.","en":"The receiver refuses HTTP/1.1, with which webhooks are sent."}', '{"fr":"Acceptez aussi HTTP/1.1 à cette adresse.","en":"Accept HTTP/1.1 at this address, too."}'),
  ('timeout', '{"fr":"Délai dépassé","en":"Timed out"}', '{"fr":"La réponse n’est pas arrivée à temps.","en":"The response did not arrive in time."}', '{"fr":"Répondez 200 dès réception et traitez ensuite, ou allongez le délai du webhook.","en":"Answer 200 on receipt and work afterwards, or lengthen the webhook’s timeout."}'),
  ('response_invalid', '{"fr":"Réponse illisible","en":"Unreadable response"}', '{"fr":"Ce qui est revenu n’est pas du HTTP, ou ses en-têtes sont trop longs.","en":"What came back is not HTTP, or its headers are too long."}', '{"fr":"Vérifiez que l’URL et le port sont bien ceux d’un serveur web.","en":"Check that the URL and the port are those of a web server."}'),
  ('request_invalid', '{"fr":"Envoi impossible","en":"Cannot be sent"}', '{"fr":"L’URL ou les en-têtes du webhook ne sont plus acceptables.","en":"The webhook’s URL or headers are no longer acceptable."}', '{"fr":"Corrigez-les dans les réglages, puis rejouez.","en":"Correct them in the settings, then replay."}'),
  ('payload_too_large', '{"fr":"Résultat trop grand","en":"Result too large"}', '{"fr":"Le résultat de la transformation dépasse 256 Kio ; rien n’a été envoyé.","en":"The result of the transformation exceeds 256 KiB; nothing was sent."}', '{"fr":"Ne gardez que les champs utiles dans le script, puis rejouez.","en":"Keep only the useful fields in the script, then replay."}'),
  ('transform_syntax', '{"fr":"Script incorrect","en":"Broken script"}', '{"fr":"Le script de transformation contient une erreur de syntaxe ; rien n’a été envoyé.","en":"The transform script has a syntax error; nothing was sent."}', '{"fr":"Corrigez le script, puis rejouez.","en":"Correct the script, then replay."}'),
  ('transform_error', '{"fr":"Erreur du script","en":"Script error"}', '{"fr":"Le script de transformation a levé une erreur ; rien n’a été envoyé.","en":"The transform script threw an error; nothing was sent."}', '{"fr":"Essayez-le sur cet événement dans l’onglet Transformation, puis rejouez.","en":"Try it on this event in the Transformation tab, then replay."}'),
  ('transform_timeout', '{"fr":"Script trop lent","en":"Script too slow"}', '{"fr":"Le script n’a pas fini à temps ; rien n’a été envoyé.","en":"The script did not finish in time; nothing was sent."}', '{"fr":"Cherchez une boucle sans fin ou un calcul trop lourd, puis rejouez.","en":"Look for an endless loop or too heavy a computation, then replay."}'),
  ('transform_memory', '{"fr":"Script trop gourmand","en":"Script too hungry"}', '{"fr":"Le script a demandé trop de mémoire ; rien n’a été envoyé.","en":"The script asked for too much memory; nothing was sent."}', '{"fr":"Réduisez ce qu’il garde en mémoire, puis rejouez.","en":"Reduce what it keeps in memory, then replay."}'),
  ('transform_result', '{"fr":"Résultat invalide","en":"Invalid result"}', '{"fr":"Le script n’a pas rendu de JSON valide ; rien n’a été envoyé.","en":"The script returned no valid JSON; nothing was sent."}', '{"fr":"Terminez par un « return » d’une valeur JSON, puis rejouez.","en":"End with a \"return\" of a JSON value, then replay."}'),
  ('transform_paused', '{"fr":"Script suspendu","en":"Script paused"}', '{"fr":"Le script a échoué trop souvent de suite et a été suspendu ; rien n’a été envoyé.","en":"The script failed too often in a row and was paused; nothing was sent."}', '{"fr":"Corrigez et enregistrez le script pour le relancer, puis rejouez.","en":"Correct and save the script to set it going again, then replay."}'),
  ('transform_fault', '{"fr":"Panne du moteur de script","en":"Script engine fault"}', '{"fr":"Le moteur qui exécute les scripts s’est arrêté net pendant celui-ci ; le script est suspendu et rien n’a été envoyé.","en":"The engine that runs scripts broke down during this one; the script is paused and nothing was sent."}', '{"fr":"Prévenez la personne qui exploite le service, puis simplifiez le script et enregistrez-le pour le relancer.","en":"Tell whoever runs the service, then simplify the script and save it to set it going again."}'),
  ('webhook_deleted', '{"fr":"Webhook supprimé","en":"Webhook deleted"}', '{"fr":"Le webhook a été supprimé avant l’envoi.","en":"The webhook was deleted before it was sent."}', '{"fr":"Recréez-le si cet événement doit encore partir.","en":"Create it again if this event must still go out."}'),
  ('superseded', '{"fr":"Dépassée","en":"Out of date"}', '{"fr":"Un état plus récent de la même fiche a été livré avant ce nouvel essai : il n’est pas parti.","en":"A newer state of the same record was delivered before this retry: it was not sent."}', '{"fr":"Rien à faire ; réglez le webhook pour qu’il envoie aussi les nouveaux essais dépassés s’il lui faut tout.","en":"Nothing to do; have the webhook send out-of-date retries if it needs them all."}'),
  ('cancelled', '{"fr":"Annulée","en":"Cancelled"}', '{"fr":"La livraison attendait et a été annulée.","en":"The delivery was waiting and was cancelled."}', '{"fr":"Rejouez-la si elle doit partir quand même.","en":"Replay it if it must go out after all."}'),
  ('erased', '{"fr":"Fiche effacée","en":"Record erased"}', '{"fr":"La fiche a été effacée avant l’envoi, ou pendant celui-ci : ce qu’il en est advenu n’est pas conservé.","en":"The record was erased before it was sent, or while it was: what came of it is not kept."}', '{"fr":"Il n’y a plus rien à envoyer.","en":"There is nothing left to send."}'),
  ('status_informational', '{"fr":"Réponse inachevée","en":"Unfinished response"}', '{"fr":"Le récepteur a envoyé un code provisoire (1xx) à la place de sa réponse finale.","en":"The receiver sent a provisional code (1xx) in place of its final response."}', '{"fr":"Faites-le terminer par un 200.","en":"Make it finish with a 200."}'),
  ('status_unauthorized', '{"fr":"Accès refusé","en":"Access refused"}', '{"fr":"Le récepteur n’a pas reconnu l’appelant : identifiants absents, faux ou expirés, ou signature refusée.","en":"The receiver did not recognise the caller: credentials missing, wrong or expired, or the signature refused."}', '{"fr":"Vérifiez l’en-tête d’authentification dans les réglages du webhook, et le secret que le récepteur utilise pour la signature.","en":"Check the authentication header in the webhook’s settings, and the secret that the receiver verifies signatures with."}'),
  ('status_not_found', '{"fr":"Adresse inconnue du récepteur","en":"Address unknown to the receiver"}', '{"fr":"Le serveur répond, mais rien n’existe à ce chemin.","en":"The server answers, but nothing exists under this path."}', '{"fr":"Comparez le chemin de l’URL avec celui que le récepteur expose, puis rejouez.","en":"Compare the path of the URL with the one that the receiver exposes, then replay."}'),
  ('status_method_not_allowed', '{"fr":"Méthode refusée","en":"Method refused"}', '{"fr":"L’adresse existe mais n’accepte pas les requêtes POST.","en":"The address exists but takes no POST requests."}', '{"fr":"Donnez au webhook l’adresse qui attend un POST, ou ouvrez cette méthode chez le récepteur.","en":"Give the webhook the address that expects a POST, or allow that method at the receiver."}'),
  ('status_timeout', '{"fr":"Requête attendue trop longtemps","en":"Request waited for too long"}', '{"fr":"Le récepteur, ou un proxy devant lui, a cessé d’attendre la fin de la requête.","en":"The receiver, or a proxy in front of it, stopped waiting for the end of the request."}', '{"fr":"Cherchez un proxy lent ou une limite trop courte devant le récepteur.","en":"Look for a slow proxy or too short a limit in front of the receiver."}'),
  ('status_too_large', '{"fr":"Contenu trop grand pour le récepteur","en":"Content too large for the receiver"}', '{"fr":"Le récepteur refuse un corps de cette taille.","en":"The receiver refuses a body of this size."}', '{"fr":"Relevez sa limite, ou n’envoyez que l’utile avec une transformation.","en":"Raise its limit, or send only what is useful with a transformation."}'),
  ('status_headers_too_large', '{"fr":"En-têtes trop grands pour le récepteur","en":"Headers too large for the receiver"}', '{"fr":"« X-Webhook-Signature » contient tout le corps : dès quelques Kio, la plupart des serveurs refusent un tel en-tête.","en":"“X-Webhook-Signature” holds the whole body: from a few KiB on, most servers refuse such a header."}', '{"fr":"Dans les réglages du webhook, décochez « Envoyer aussi X-Webhook-Signature » (« webhook-signature » suffit), ou envoyez moins avec une transformation.","en":"In the webhook’s settings, uncheck “Also send X-Webhook-Signature” (“webhook-signature” is enough), or send less with a transformation."}'),
  ('status_unsupported', '{"fr":"Format refusé","en":"Format refused"}', '{"fr":"Le récepteur n’accepte pas le JSON, ou pas ce type de contenu.","en":"The receiver does not take JSON, or not this content type."}', '{"fr":"Faites-lui accepter « application/json », ou donnez au webhook une adresse qui l’attend.","en":"Make it accept “application/json”, or give the webhook an address that expects it."}'),
  ('status_unprocessable', '{"fr":"Contenu refusé","en":"Content refused"}', '{"fr":"Le récepteur a lu la requête mais n’en accepte pas le contenu.","en":"The receiver read the request but does not accept its content."}', '{"fr":"Lisez sa réponse : un champ manque ou n’a pas la forme voulue. Une transformation ou le format brut peut y répondre.","en":"Read its response: a field is missing or has another shape than it wants. A transformation or the raw format may help."}'),
  ('status_rate_limited', '{"fr":"Trop de requêtes","en":"Too many requests"}', '{"fr":"Le récepteur limite le nombre de requêtes (429).","en":"The receiver limits the number of requests (429)."}', '{"fr":"Donnez au webhook moins de « Requêtes par seconde », ou relevez la limite du récepteur ; l’attente demandée par « Retry-After » est respectée.","en":"Give the webhook fewer “Requests per second”, or raise the receiver’s limit; the wait asked for by “Retry-After” is respected."}'),
  ('status_client_error', '{"fr":"Requête refusée","en":"Request refused"}', '{"fr":"Le récepteur juge la requête fautive (4xx) : la renvoyer telle quelle ne suffira sans doute pas.","en":"The receiver holds the request to be wrong (4xx): sending it again unchanged will probably not do."}', '{"fr":"Lisez sa réponse, corrigez l’URL, les en-têtes ou la transformation, puis rejouez.","en":"Read its response, correct the URL, the headers or the transformation, then replay."}'),
  ('status_unavailable', '{"fr":"Récepteur indisponible","en":"Receiver unavailable"}', '{"fr":"Un proxy répond, mais l’application derrière lui est arrêtée, en maintenance ou trop lente.","en":"A proxy answers, but the application behind it is stopped, under maintenance or too slow."}', '{"fr":"Relancez-la ou attendez la fin de la maintenance ; les nouveaux essais prennent le relais.","en":"Start it again or wait for the maintenance to end; the retries take over."}'),
  ('status_server_error', '{"fr":"Erreur du récepteur","en":"Receiver error"}', '{"fr":"Le récepteur a échoué en traitant la requête (5xx).","en":"The receiver failed while handling the request (5xx)."}', '{"fr":"Cherchez l’erreur dans ses journaux à l’heure de la tentative ; une fois corrigée, rejouez.","en":"Look for the error in its logs at the time of the attempt; once it is fixed, replay."}');

alter table public.webhook_troubles enable row level security;
revoke all on public.webhook_troubles from public, anon, authenticated;
grant all on public.webhook_troubles to service_role;

alter table public.webhook_failure_causes enable row level security;
revoke all on public.webhook_failure_causes from public, anon, authenticated;
grant all on public.webhook_failure_causes to service_role;

-- What the system tells of itself: a webhook that fails, that recovers, a delivery that was given up. Written in the transaction that
-- finds it out, once for each webhook and condition until it is over. Nothing is told of the delivery of what the system tells.

create function public.tell_webhooks(about uuid, event_type text, payload json, record_label text default null) returns void
language sql security invoker
set search_path = ''
as $$
  with subscriber as materialized (
    select w.id, w.condition_path is null or jsonb_path_match(payload::jsonb, w.condition_path, '{}', true) is true as meets
    from public.webhooks w
    where w.status = 'active' and w.id <> about
      and w.events && array[tell_webhooks.event_type, split_part(tell_webhooks.event_type, '.', 1) || '.*']
  ), event as (
    insert into public.webhook_events (event_type, payload, record_label, origin, deliveries, left_out)
    values (tell_webhooks.event_type, tell_webhooks.payload, left(tell_webhooks.record_label, 200), 'system',
      (select count(*) from subscriber s where s.meets), (select count(*) from subscriber s where not s.meets))
    returning id
  )
  insert into public.webhook_queue (webhook_id, event_id, event_type)
  select s.id, e.id, tell_webhooks.event_type from subscriber s cross join event e where s.meets
$$;
comment on function public.tell_webhooks is
  'An event of the system''s own about a webhook, for the others that listen to it and whose conditions it meets.';

create function public.webhook_failure_cause(error_kind text, status_code integer) returns text
language sql immutable parallel safe
set search_path = ''
as $$
  select case when error_kind = 'status' and status_code is not null then 'status_' || case
      when status_code in (401, 402, 403, 407) then 'unauthorized'
      when status_code = 404 then 'not_found'
      when status_code in (405, 501) then 'method_not_allowed'
      when status_code = 408 then 'timeout'
      when status_code = 413 then 'too_large'
      when status_code = 431 then 'headers_too_large'
      when status_code in (406, 415) then 'unsupported'
      when status_code in (400, 422) then 'unprocessable'
      when status_code = 429 then 'rate_limited'
      when status_code < 200 then 'informational'
      when status_code < 500 then 'client_error'
      when status_code in (502, 503, 504) or status_code between 520 and 530 then 'unavailable'
      else 'server_error' end
    else error_kind end
$$;
comment on function public.webhook_failure_cause is
  'The name in webhook_failure_causes of what a delivery failed of. As statusFamily in lib/domain has the answers of receivers; a test holds the two together.';

create function public.webhook_waiting_count(target uuid) returns integer
language sql stable security invoker
set search_path = ''
set enable_seqscan = off
set enable_bitmapscan = off
as $$
  select count(*)::integer from (select from public.webhook_queue q where q.webhook_id = target limit 10000) as x
$$;
comment on function public.webhook_waiting_count is
  'How many deliveries wait for a webhook, counted up to 10,000.';

create function public.failing_webhook_delivery(target uuid) returns uuid
language sql stable security invoker
set search_path = ''
-- As in claim_webhook_deliveries: by index, however short the queue was when the plan was made.
set enable_seqscan = off
set enable_bitmapscan = off
as $$
  select coalesce((
      select q.id from public.webhook_queue q
      where q.webhook_id = target and q.lane = 1 and q.last_error_kind is not null and not q.is_test
        and not public.webhook_event_is_system(q.event_type)
      order by q.due_at desc, q.id desc limit 1), (
      select h.id from public.webhook_history h
      where h.webhook_id = target and h.status = 'failed' and not h.is_test and h.last_error_kind is distinct from 'cancelled'
        and h.last_error_kind not in ('erased', 'webhook_deleted')
        and h.id >= public.webhook_uuid_v7_floor(now() - interval '3 days') and h.finished_at >= now() - interval '1 day'
        and not public.webhook_event_is_system(h.event_type)
      order by h.id desc limit 1))
$$;
comment on function public.failing_webhook_delivery is
  'A delivery of the webhook that fails, or failed lately, as an example; null where there is none, or none but of what the system tells.';

create function public.webhook_failure_report(delivery uuid) returns json
language sql stable security invoker
set search_path = ''
set enable_seqscan = off
as $$
  select json_build_object(
    'id', d.id,
    'event', json_build_object('id', d.event_id, 'type', d.event_type, 'occurred_at', e.occurred_at),
    'record_id', public.webhook_payload_text(e.payload, 'id'),
    'lead_id', public.webhook_payload_text(e.payload, 'lead_id'),
    'record_label', coalesce(e.record_label, public.webhook_record_label(d.event_type, e.payload)),
    'link', '/deliveries/' || d.id,
    'attempts', d.attempt_count,
    'last_attempt', (
      select json_build_object('started_at', a.started_at, 'duration_ms', a.duration_ms, 'status_code', a.response_status,
        'error_kind', a.error_kind, 'error_message', a.error_message)
      from public.webhook_attempts a where a.delivery_id = d.id order by a.attempt desc limit 1),
    'title', c.title, 'cause', c.cause, 'cure', c.cure)
  from (
    select q.id, q.event_id, q.event_type, q.attempt_count, q.last_error_kind, q.last_status_code
    from public.webhook_queue q where q.id = delivery
    union all
    select h.id, h.event_id, h.event_type, h.attempt_count, h.last_error_kind, h.last_status_code
    from public.webhook_history h where h.id = delivery
  ) as d
  left join public.webhook_events e on e.id = d.event_id
  left join public.webhook_failure_causes c on c.name = public.webhook_failure_cause(d.last_error_kind, d.last_status_code)
  limit 1
$$;
comment on function public.webhook_failure_report is
  'What is told of a delivery that failed: its event, its record, its last attempt, cause and cure.';

create function public.begin_webhook_trouble(target uuid, condition text, delivery uuid default null, success_rate numeric default null)
returns void
language plpgsql security invoker
set search_path = ''
as $$
declare
  name text;
  example uuid := delivery;
  report json;
  began boolean;
begin
  select w.name into name from public.webhooks w where w.id = target and w.status = 'active';
  if not found then
    return; -- that it was switched off has been told
  end if;
  example := coalesce(example, public.failing_webhook_delivery(target));
  if example is null then
    return;
  end if;
  insert into public.webhook_troubles as t (webhook_id, condition) values (target, begin_webhook_trouble.condition)
  on conflict on constraint webhook_troubles_pkey do update
    set since = case when t.ended_at is null then t.since else now() end, ended_at = null, last_at = now()
    where t.ended_at is not null or t.last_at < now() - interval '10 seconds'
  returning t.since = now() into began;
  if began is not true then
    return;
  end if;
  report := public.webhook_failure_report(example);
  if condition = 'exhausted' then
    -- The id of the record, as in its own events: it is found with them, and erased with them.
    perform public.tell_webhooks(target, 'delivery.exhausted', json_build_object(
      'id', report -> 'record_id', 'lead_id', report -> 'lead_id', 'record_label', report -> 'record_label',
      'webhook', json_build_object('id', target, 'name', name), 'delivery_id', report -> 'id', 'event', report -> 'event',
      'since', now(), 'waiting', public.webhook_waiting_count(target), 'link', report -> 'link',
      'attempts', report -> 'attempts', 'last_attempt', report -> 'last_attempt',
      'title', report -> 'title', 'cause', report -> 'cause', 'cure', report -> 'cure'), report ->> 'record_label');
  else
    -- Without the label of the example's record: an erasure finds an event by its own record.
    perform public.tell_webhooks(target, 'webhook.failing', json_build_object(
      'id', target, 'name', name, 'reason', condition, 'since', now(), 'success_rate', success_rate,
      'waiting', public.webhook_waiting_count(target), 'link', '/webhooks/' || target,
      'delivery', json_build_object('id', report -> 'id', 'event', report -> 'event', 'record_id', report -> 'record_id',
        'link', report -> 'link', 'attempts', report -> 'attempts', 'last_attempt', report -> 'last_attempt',
        'title', report -> 'title', 'cause', report -> 'cause', 'cure', report -> 'cure')));
  end if;
end
$$;
comment on function public.begin_webhook_trouble is
  'Notes that a webhook is in trouble, and tells the others that listen: webhook.failing, or delivery.exhausted, with a delivery as the example. Tells nothing while it was so before, and nothing that only the delivery of system events shows.';

create function public.end_webhook_troubles(target uuid, conditions text[]) returns void
language plpgsql security invoker
set search_path = ''
as $$
declare
  name text;
  reasons text[];
  began timestamptz;
begin
  with ended as (
    update public.webhook_troubles t set ended_at = now()
    where t.webhook_id = target and t.condition = any (conditions) and t.ended_at is null
    returning t.condition, t.since
  )
  select array_agg(e.condition order by e.since, e.condition), min(e.since) into reasons, began from ended e;
  select w.name into name from public.webhooks w where w.id = target and w.status = 'active';
  if reasons is null or name is null then
    return;
  end if;
  perform public.tell_webhooks(target, 'webhook.recovered', json_build_object(
    'id', target, 'name', name, 'reasons', reasons, 'since', began, 'recovered_at', now(),
    'lasted_seconds', floor(extract(epoch from now() - began)), 'waiting', public.webhook_waiting_count(target),
    'link', '/webhooks/' || target));
end
$$;
comment on function public.end_webhook_troubles is
  'Notes that troubles of a webhook are over, and tells the others that listen: webhook.recovered, with how long it lasted and what waits.';

create function public.tell_exhausted_deliveries(settled uuid[]) returns void
language plpgsql security definer -- settle calls it, which may not write events
set search_path = ''
set enable_seqscan = off
set enable_bitmapscan = off
as $$
declare
  failed record;
begin
  for failed in
    select distinct on (h.webhook_id) h.webhook_id, h.id from public.webhook_history h
    where h.id = any (settled) and h.status = 'failed' and not h.is_test
      and h.last_error_kind not in ('cancelled', 'erased', 'webhook_deleted')
      and not public.webhook_event_is_system(h.event_type)
    order by h.webhook_id, h.id desc
  loop
    perform public.begin_webhook_trouble(failed.webhook_id, 'exhausted', failed.id);
  end loop;
end
$$;
comment on function public.tell_exhausted_deliveries is
  'The event delivery.exhausted of each webhook of which one of these deliveries has failed for good.';

create function public.watch_receivers(max_rows integer) returns integer
language plpgsql security invoker
set search_path = ''
as $$
declare
  trouble record;
  done integer := 0;
begin
  -- Breakers that opened for what the system tells, and now keep other things back too.
  for trouble in
    select h.webhook_id from public.webhook_health h
    where h.paused_until is not null and not exists (
      select from public.webhook_troubles t where t.webhook_id = h.webhook_id and t.condition = 'paused' and t.ended_at is null)
    limit 200
  loop
    perform public.begin_webhook_trouble(trouble.webhook_id, 'paused');
  end loop;
  -- Over when something arrived since, and for what was given up, when nothing else was for ten minutes.
  for trouble in
    select t.webhook_id, array_agg(t.condition) as conditions from public.webhook_troubles t
    where t.ended_at is null and t.last_at < now() - case t.condition when 'exhausted' then interval '10 minutes' else interval '0' end
      and t.condition in ('paused', 'exhausted')
      and not exists (select from public.webhook_health h where h.webhook_id = t.webhook_id)
      and exists (
        select from (
          select h.status, h.finished_at from public.webhook_history h where h.webhook_id = t.webhook_id
          order by h.id desc limit 200) as latest
        where latest.status = 'success' and latest.finished_at > t.last_at)
    group by t.webhook_id
    limit max_rows
  loop
    perform public.end_webhook_troubles(trouble.webhook_id, trouble.conditions);
    done := done + 1;
  end loop;
  return done;
end
$$;
comment on function public.watch_receivers is
  'A chore: which webhooks have recovered of what was told of them. Answers how many.';

create function public.watch_rates(max_rows integer) returns integer
language plpgsql security invoker
set search_path = ''
as $$
declare
  rated record;
begin
  for rated in
    with over as materialized (
      select t.webhook_id, max(t.ended_at) as at from public.webhook_troubles t group by t.webhook_id
    ), counted as (
      -- Whole hours since the last trouble was over: what was before has been told.
      select s.webhook_id, sum(s.succeeded)::numeric as succeeded, sum(s.failed)::numeric as failed
      from public.webhook_stats_hourly s left join over o on o.webhook_id = s.webhook_id
      where s.hour >= now() - interval '24 hours' and (o.at is null or s.hour >= o.at)
      group by s.webhook_id
    )
    select c.webhook_id, c.succeeded / (c.succeeded + c.failed) as rate, c.failed, t.webhook_id is not null as told
    from counted c
    left join public.webhook_troubles t on t.webhook_id = c.webhook_id and t.condition = 'rate' and t.ended_at is null
    where c.succeeded + c.failed > 0
      and case when t.webhook_id is null then c.failed >= 10 and c.succeeded < 9 * c.failed else c.succeeded >= 19 * c.failed end
    order by c.webhook_id
    limit max_rows
  loop
    if rated.told then
      perform public.end_webhook_troubles(rated.webhook_id, array['rate']);
    elsif not exists (select from public.webhook_troubles t
      where t.webhook_id = rated.webhook_id and t.condition = 'paused' and t.ended_at is null) then
      perform public.begin_webhook_trouble(rated.webhook_id, 'rate', null, round(rated.rate, 4));
    end if;
  end loop;
  return 0;
end
$$;
comment on function public.watch_rates is
  'A chore: of which webhooks fewer than 90% of the deliveries of the last 24 hours arrived, with ten failures at least; and of which, told of before, 95% do.';

revoke execute on function public.tell_webhooks, public.webhook_failure_cause, public.webhook_waiting_count,
  public.failing_webhook_delivery, public.webhook_failure_report, public.begin_webhook_trouble, public.end_webhook_troubles,
  public.tell_exhausted_deliveries, public.watch_receivers, public.watch_rates
from public, anon, authenticated, service_role;
grant execute on function public.tell_exhausted_deliveries
to service_role;

create or replace function public.settle_webhook_deliveries(results json, patience_ms integer default 500) returns json
language plpgsql security invoker
set search_path = ''
-- As in claim_webhook_deliveries: deliveries are looked up by their ids, however many there were when the plan was made.
set enable_seqscan = off
set enable_bitmapscan = off
set enable_mergejoin = off
as $$
declare
  answer json;
  this_stripe constant smallint := 1 + extract(epoch from now() - date_trunc('hour', now()))::integer / 10; -- of webhook_stats_hourly
begin
  -- Two drains that count for one webhook wait for each other, for as long as an exchange takes. Whoever holds longer stops
  -- only its own: the caller writes the others again without it.
  perform set_config('lock_timeout', least(greatest(patience_ms, 50), 500) || 'ms', true);
  with result as materialized (
    -- Once each: a drain may hold two results of one delivery when it lost a lease to itself.
    select distinct on (r.id, r.fence) * from json_to_recordset(results) as r(
      id uuid, fence integer, status text, delay_ms bigint, keeps_retry boolean, hold_ms bigint, fault text,
      error_kind text, error_message text, started_at timestamptz, duration_ms integer,
      request_url text, request_headers json, request_body text, request_format text,
      response_status integer, response_headers json, response_body text, response_truncated boolean, console json)
  ), held as materialized (
    -- Whose lease still holds.
    select q.id, q.webhook_id, q.event_id, q.event_type, q.is_test, q.retry_count, q.attempt_count + 1 as attempt,
      q.fence, q.created_at, q.record_id, q.sequence, q.merged, r.status, r.delay_ms, coalesce(r.keeps_retry, false) as keeps_retry, r.hold_ms, r.fault,
      r.error_kind, r.error_message, r.started_at, r.duration_ms,
      r.request_url, r.request_headers, r.request_body, r.request_format,
      r.response_status, r.response_headers, r.response_body, coalesce(r.response_truncated, false) as response_truncated,
      r.console
    from result r join public.webhook_queue q on q.id = r.id and q.fence = r.fence
    -- Said twice, for the sake of the plan: joined to a list of ids, a table is read as a whole when it once was short.
    where q.id = any (array(select r.id from result r))
    for update of q skip locked
  ), tried as materialized (
    select h.* from held h where h.status <> 'released'
  ), waiting_again as (
    update public.webhook_queue q set
      retry_count = q.retry_count + case when h.status = 'retrying' and not h.keeps_retry then 1 else 0 end,
      attempt_count = q.attempt_count + case when h.status = 'retrying' then 1 else 0 end,
      fence = q.fence + 1, locked_until = null, worker = null,
      -- What its receiver asked to wait keeps its place: the whole webhook is held.
      due_at = case when h.keeps_retry then q.due_at else now() + coalesce(h.delay_ms, 0) * interval '1 millisecond' end,
      last_status_code = case when h.status = 'retrying' then h.response_status else q.last_status_code end,
      last_error_kind = case when h.status = 'retrying' then h.error_kind else q.last_error_kind end,
      last_error = case when h.status = 'retrying' then h.error_message else q.last_error end,
      last_duration_ms = case when h.status = 'retrying' then h.duration_ms else q.last_duration_ms end
    from held h
    where q.id = h.id and h.status in ('retrying', 'released')
      and q.id = any (array(select h.id from held h where h.status in ('retrying', 'released')))
  ), final as (
    delete from public.webhook_queue q
    where q.id = any (array(select h.id from tried h where h.status <> 'retrying'))
  ), attempted as (
    insert into public.webhook_attempts (delivery_id, attempt, webhook_id, started_at, duration_ms, succeeded,
      request_url, request_headers, request_body, request_format,
      response_status, response_headers, response_body, response_truncated, error_kind, error_message, console)
    select h.id, h.attempt, h.webhook_id, h.started_at, h.duration_ms, h.status = 'success',
      h.request_url, h.request_headers, h.request_body, h.request_format,
      h.response_status, h.response_headers, h.response_body, h.response_truncated, h.error_kind, h.error_message, h.console
    from tried h
  ), ended as (
    insert into public.webhook_history (id, webhook_id, event_id, event_type, is_test, status, retry_count, attempt_count, fence,
      last_status_code, last_error_kind, last_error, last_duration_ms, created_at, merged)
    select h.id, h.webhook_id, h.event_id, h.event_type, h.is_test, h.status, h.retry_count, h.attempt, h.fence,
      h.response_status, h.error_kind, h.error_message, h.duration_ms, h.created_at, h.merged
    from tried h
    where h.status <> 'retrying'
  ), delivered as (
    insert into public.webhook_record_states as s (webhook_id, record_id, sequence, delivery_id)
    select distinct on (h.webhook_id, h.record_id) h.webhook_id, h.record_id, h.sequence, h.id
    from tried h
    where h.record_id is not null and h.status = 'success'
      and (select w.stale_retries = 'skip' from public.webhooks w where w.id = h.webhook_id)
    order by h.webhook_id, h.record_id, h.sequence desc
    on conflict (webhook_id, record_id) do update
      set sequence = excluded.sequence, delivery_id = excluded.delivery_id, delivered_at = excluded.delivered_at
      where s.sequence < excluded.sequence
  ), bucket as materialized (
    -- A latency is of an answer: what was refused, or never came, has none.
    select h.webhook_id, case when h.response_status is not null then public.webhook_latency_bucket(h.duration_ms) end as n,
      count(*)::integer as attempts,
      count(*) filter (where h.status = 'success') as succeeded,
      count(*) filter (where h.status = 'failed') as failed,
      count(*) filter (where h.status = 'retrying') as retried,
      sum(h.duration_ms) as duration_ms_sum,
      count(*) filter (where h.error_kind is not null and h.response_status between 400 and 499) as errors_4xx,
      count(*) filter (where h.error_kind is not null and h.response_status between 500 and 599) as errors_5xx,
      count(*) filter (where h.error_kind = 'timeout') as errors_timeout,
      count(*) filter (where h.error_kind in ('dns', 'connection_refused', 'connection_reset', 'http2_only')
        or h.error_kind ^@ 'tls') as errors_network,
      count(*) filter (where h.error_kind ^@ 'transform_' or h.error_kind = 'payload_too_large') as errors_transform
    from tried h where not h.is_test and h.status <> 'skipped'
    group by 1, 2
  ), summed as (
    insert into public.webhook_stats_hourly as s
      (webhook_id, hour, stripe, succeeded, failed, retried, duration_ms_sum,
        errors_4xx, errors_5xx, errors_timeout, errors_network, errors_transform, latency_histogram)
    select b.webhook_id, date_trunc('hour', now()), this_stripe, sum(b.succeeded), sum(b.failed), sum(b.retried), sum(b.duration_ms_sum),
      sum(b.errors_4xx), sum(b.errors_5xx), sum(b.errors_timeout), sum(b.errors_network), sum(b.errors_transform),
      public.webhook_histogram(
        coalesce(array_agg(b.n) filter (where b.n is not null), '{}'), array_agg(b.attempts) filter (where b.n is not null))
    from bucket b
    group by b.webhook_id
    order by b.webhook_id -- one lock order for all drains
    on conflict (webhook_id, hour, stripe) do update set
      succeeded = s.succeeded + excluded.succeeded,
      failed = s.failed + excluded.failed,
      retried = s.retried + excluded.retried,
      duration_ms_sum = s.duration_ms_sum + excluded.duration_ms_sum,
      errors_4xx = s.errors_4xx + excluded.errors_4xx,
      errors_5xx = s.errors_5xx + excluded.errors_5xx,
      errors_timeout = s.errors_timeout + excluded.errors_timeout,
      errors_network = s.errors_network + excluded.errors_network,
      errors_transform = s.errors_transform + excluded.errors_transform,
      latency_histogram = public.webhook_add_histograms(s.latency_histogram, excluded.latency_histogram)
  ), verdict as materialized (
    -- A test is a question: its success is good news, its failure is not counted.
    select h.webhook_id,
      count(*) filter (where h.status = 'success')::integer as successes,
      count(*) filter (where h.fault is not null and not h.is_test)::integer as failures,
      count(*) filter (where h.fault = 'outage' and not h.is_test)::integer as outages,
      -- It answers: what it thinks of a request says nothing of its health.
      coalesce(bool_or(h.fault in ('refusal', 'throttle')) filter (where not h.is_test), false) as answers,
      coalesce(bool_or(h.fault = 'throttle') filter (where not h.is_test), false) as throttles,
      max(h.hold_ms) filter (where not h.is_test) as hold_ms,
      max(h.response_status) filter (where h.hold_ms is not null) as hold_status,
      (array_agg(h.error_kind order by h.started_at desc) filter (where h.fault is not null and not h.is_test))[1] as error_kind,
      (array_agg(h.response_status order by h.started_at desc) filter (where h.fault is not null and not h.is_test))[1] as status_code
    from tried h group by h.webhook_id
  ), recovered as (
    delete from public.webhook_health x using verdict v where x.webhook_id = v.webhook_id and v.successes > 0
  ), failing as (
    insert into public.webhook_health as x (webhook_id, failures, outages, paused_until, pauses, last_error_kind, last_status_code)
    select v.webhook_id, v.failures, case when v.answers then 0 else v.outages end, opening.until,
      case when opening.until is null then 0 else 1 end, v.error_kind, v.status_code
    from verdict v
    cross join lateral (
      select case when v.outages >= 20 and not v.answers then now() + public.webhook_pause(0) end as until) as opening
    where v.successes = 0 and v.failures > 0
    order by v.webhook_id
    on conflict (webhook_id) do update set
      (failures, outages, paused_until, pauses, last_failed_at, last_error_kind, last_status_code) = (
        select x.failures + v.failures,
          case when v.answers then 0 else x.outages + v.outages end,
          case
            -- Closed: 20 outages in a row open it.
            when x.paused_until is null then
              case when not v.answers and x.outages + v.outages >= 20 then now() + public.webhook_pause(x.pauses) end
            -- Open: answers to earlier requests change nothing.
            when x.paused_until > now() then x.paused_until
            -- Half open, and the probe was answered: asked to wait, the hold goes on from here; refused, another one tries soon.
            when v.throttles then null
            when v.answers then now() + interval '1 second'
            when v.outages > 0 then now() + public.webhook_pause(x.pauses)
            else x.paused_until
          end,
          case
            when x.paused_until > now() then x.pauses
            when x.paused_until is null then x.pauses + case when not v.answers and x.outages + v.outages >= 20 then 1 else 0 end
            when v.throttles then 0
            when v.answers then greatest(x.pauses - 1, 0)
            when v.outages > 0 then x.pauses + 1
            else x.pauses
          end,
          now(), v.error_kind, v.status_code
        from verdict v where v.webhook_id = x.webhook_id)
  ), holding as (
    insert into public.webhook_holds as x (webhook_id, held_until, status_code)
    select v.webhook_id, now() + v.hold_ms * interval '1 millisecond', v.hold_status
    from verdict v
    where v.hold_ms is not null
    order by v.webhook_id
    on conflict (webhook_id) do update set
      held_until = greatest(x.held_until, excluded.held_until), status_code = excluded.status_code, slots = 1
  ), widening as (
    -- After a hold it starts again slowly. Answers to requests from before it say nothing.
    update public.webhook_holds x set slots = x.slots + v.successes
    from verdict v join public.webhooks w on w.id = v.webhook_id
    where x.webhook_id = v.webhook_id and v.successes > 0 and v.hold_ms is null and x.held_until <= now()
      and x.slots + v.successes < w.max_in_flight
  ), at_full_width as (
    delete from public.webhook_holds x
    using verdict v join public.webhooks w on w.id = v.webhook_id
    where x.webhook_id = v.webhook_id and v.successes > 0 and v.hold_ms is null and x.held_until <= now()
      and x.slots + v.successes >= w.max_in_flight
  ), gone as materialized (
    -- 410: the receiver asked not to be called again. Not what a former URL answered.
    select w.id from public.webhooks w
    where w.status = 'active' and w.id = any (array(
        select h.webhook_id from tried h
        where h.error_kind = 'gone' and h.status = 'failed' and not h.is_test))
      and exists (
        select from tried h
        where h.webhook_id = w.id and h.error_kind = 'gone' and not h.is_test and h.request_url is not distinct from w.url)
    order by w.id
    for update of w
  ), switched_off as (
    update public.webhooks w set status = 'inactive', disabled_reason = 'gone'
    where w.status = 'active' and w.id = any (array(select g.id from gone g))
  )
  select json_build_object(
    'settled', coalesce((select json_agg(h.id) from held h), '[]'),
    'busy', case when (select count(*) from held) = (select count(*) from result) then '[]' else coalesce((
      select json_agg(r.id) from result r join public.webhook_queue q on q.id = r.id and q.fence = r.fence
      where q.id = any (array(select r.id from result r)) and not exists (select from held h where h.id = r.id)), '[]') end)
  into answer;

  -- Skipped ones are counted apart, for hardly any settle has one.
  if strpos(results::text, '"skipped"') > 0 then
    insert into public.webhook_stats_hourly as s (webhook_id, hour, stripe, skipped, latency_histogram)
    select h.webhook_id, date_trunc('hour', now()), this_stripe, count(*), array_fill(0, array[16])
    from public.webhook_history h
    where h.status = 'skipped' and not h.is_test
      and h.id in (select (r.id)::uuid from json_array_elements_text(answer -> 'settled') as r(id))
    group by h.webhook_id
    order by h.webhook_id
    on conflict (webhook_id, hour, stripe) do update set skipped = s.skipped + excluded.skipped;
  end if;
  -- So is what was given up.
  if strpos(results::text, '"failed"') > 0 then
    perform public.tell_exhausted_deliveries(array(select (r.id)::uuid from json_array_elements_text(answer -> 'settled') as r (id)));
  end if;
  return answer;
end
$$;
comment on function public.settle_webhook_deliveries is
  'Writes attempt, delivery, history, statistics, health and hold of each result whose fence still matches, in one statement. Answers { settled, busy }: the ids that were written, and those whose delivery somebody has locked, to be handed in again. The others had lost their lease. Waits patience_ms, 50 to 500, for any lock (55P03).';

create or replace function public.after_webhook_update() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  if new.deleted_at is not null or new.cancel_before is distinct from old.cancel_before then
    return null; -- a verb's doing, which keeps its own record
  end if;
  insert into public.webhook_audit_log (webhook_id, action) values (new.id, 'updated');
  if new.status = 'active' and (old.status = 'inactive' or new.url <> old.url or new.headers <> old.headers
    or new.timeout_ms <> old.timeout_ms) then
    delete from public.webhook_health h where h.webhook_id = new.id;
    delete from public.webhook_holds h where h.webhook_id = new.id;
  end if;
  if new.status = 'inactive' and old.status = 'active' then
    -- Nothing is sent any more, and so nothing recovers.
    update public.webhook_troubles t set ended_at = now() where t.webhook_id = new.id and t.ended_at is null;
  end if;
  if old.ordered and old.order_waits and not (new.ordered and new.order_waits) then
    insert into public.webhook_order_notes (webhook_id) values (new.id);
  end if;
  if new.rate_limit is null then
    delete from public.webhook_pace p where p.webhook_id = new.id;
  else
    insert into public.webhook_pace (webhook_id) values (new.id) on conflict do nothing;
  end if;
  return null;
end
$$;
comment on function public.after_webhook_update is
  'Forgets the failures of a webhook when it is activated or calls another receiver; keeps its pace. Its queue is not touched.';

create or replace function public.after_webhook_disabled() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  -- Without the URL: it may carry a token.
  perform public.tell_webhooks(new.id, 'webhook.disabled',
    json_build_object('id', new.id, 'name', new.name, 'reason', new.disabled_reason, 'disabled_at', now()));
  return null;
end
$$;
comment on function public.after_webhook_disabled is
  'The event webhook.disabled, for the other webhooks that listen to it and whose conditions it meets.';

create or replace function public.after_webhook_delete() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  delete from public.webhook_marks m using gone g where m.webhook_id = g.id;
  delete from public.webhook_stopped_records s using gone g where s.webhook_id = g.id;
  delete from public.webhook_troubles t using gone g where t.webhook_id = g.id;
  return null;
end
$$;
comment on function public.after_webhook_delete is 'Forgets what claims kept of webhooks whose rows have gone.';

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

insert into public.webhook_chores (chore, every) values ('watch_rates', '00:05:00'), ('watch_receivers', '00:01:00');

create or replace function public.webhook_schema_version() returns text
language sql immutable parallel safe
return '20261130400000';
