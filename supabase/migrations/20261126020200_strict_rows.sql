-- Whoever writes with a person's token past the API (REST, GraphQL) can store nothing that the API would refuse.

create function public.webhook_is_blank(value text) returns boolean
language sql immutable parallel safe
return btrim(value, E'\t\n\x0b\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff') = '';
comment on function public.webhook_is_blank is 'Whether a text is nothing but white space, as JavaScript trims it, and so as the API sees it.';

create function public.webhook_headers_are_valid(headers jsonb) returns boolean
language sql immutable parallel safe
set search_path = ''
as $$
  select jsonb_typeof(headers) = 'object' and count(*) <= 20 and count(distinct lower(h.name)) = count(*)
    and coalesce(bool_and(
      char_length(h.name) <= 64 and h.name ~ '^[!#$%&''*+.^_`|~0-9A-Za-z-]+$' and h.name <> '__proto__'
      and not lower(h.name) = any (array[
        'host', 'content-length', 'transfer-encoding', 'connection', 'keep-alive', 'expect', 'upgrade', 'te', 'trailer', 'via',
        'http2-settings', 'content-type', 'content-encoding', 'accept-encoding', 'user-agent', 'cookie', 'cookie2', 'set-cookie',
        'origin', 'referer', 'forwarded', 'x-real-ip', 'metadata', 'metadata-flavor', 'x-google-metadata-request',
        'x-metadata-token', 'x-identity-header'])
      and lower(h.name) !~ '^(webhook-|x-webhook-|sec-|proxy-|x-forwarded-|x-aws-ec2-metadata-)'
      and jsonb_typeof(h.value) = 'string' and char_length(h.value #>> '{}') <= 1024
      and h.value #>> '{}' ~ '^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$'), true)
  from jsonb_each(case jsonb_typeof(headers) when 'object' then headers else '{}' end) as h (name, value)
$$;
comment on function public.webhook_headers_are_valid is
  'Whether these are custom headers that a webhook may have: number, names, values. Mirrors lib/domain/customHeaders.ts; a test holds the two together.';

create function public.webhook_url_is_valid(url text) returns boolean
language sql immutable parallel safe
set search_path = ''
as $$
  select address.port between 1 and 65535
    and (address.port in (80, 443) or address.port >= 1024)
    and not address.port = any (array[
      1433, 1521, 1719, 1720, 1723, 2049, 2181, 2375, 2376, 2379, 2380, 3306, 3389, 3659, 4045, 4190, 5060, 5061,
      5432, 5672, 5900, 5984, 6000, 6379, 6380, 6443, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 7000, 7001,
      9042, 9092, 9200, 9300, 10080, 10250, 11211, 26379, 27017, 27018, 27019])
    -- A host whose last label is a number is an IPv4 address, or none (WHATWG URL, "ends in a number").
    and (address.host !~ '(^|\.)([0-9]+|0[xX][0-9A-Fa-f]*)\.?$'
      or address.host ~ '^((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(\.(?!$)|$)){4}$')
    -- IPv6: eight groups, or up to seven around one "::".
    and (address.host !~ '^\['
      or address.host ~ '^\[([0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}\]$'
      or (address.host ~ '^\[([0-9A-Fa-f]{1,4}(:[0-9A-Fa-f]{1,4})*)?::([0-9A-Fa-f]{1,4}(:[0-9A-Fa-f]{1,4})*)?\]$'
        and regexp_count(address.host, '[0-9A-Fa-f]+') <= 7))
    and char_length(rtrim(address.host, '.')) <= 253
    -- Names of at most 63 characters between dots, or an address in brackets; then path, query and fragment.
    and url ~ ('^https?://(\[[0-9A-Fa-f:]+\]|'
      || '[0-9A-Za-z_\u00a1-\U0010ffff]([0-9A-Za-z_\u00a1-\U0010ffff-]{0,61}[0-9A-Za-z_\u00a1-\U0010ffff])?'
      || '(\.[0-9A-Za-z_\u00a1-\U0010ffff]([0-9A-Za-z_\u00a1-\U0010ffff-]{0,61}[0-9A-Za-z_\u00a1-\U0010ffff])?)*\.?)'
      || '(:[0-9]{1,5})?([/?#][^\\\u0001-\u0020\u007f-\u009f]*)?$')
  from (select coalesce(substring(url from '^https?://[^/?#]*:([0-9]{1,5})(?:[/?#]|$)')::integer, 443) as port,
    substring(url from '^https?://(\[[^]]*\]|[^/?#:]*)') as host) as address
$$;
comment on function public.webhook_url_is_valid is
  'Whether a URL could be a receiver''s, as far as its text tells: scheme, no credentials, a port that is none of a mail server or database, host, no spaces or control characters. Mirrors lib/domain/targetUrl.ts; a test holds the two together. Which networks may be called is a setting of the installation, asked at each connection.';

revoke execute on function public.webhook_is_blank, public.webhook_headers_are_valid, public.webhook_url_is_valid
from public, anon, authenticated;
grant execute on function public.webhook_is_blank, public.webhook_headers_are_valid, public.webhook_url_is_valid
to authenticated, service_role;

-- What earlier versions let in is mended. Nobody changed anything: no audit, no event, and what is known of a receiver stays.

alter table public.webhooks disable trigger user;
-- A URL that no request could be sent to is kept where a person reads it, and its webhook waits for a better one.
update public.webhooks w set
  description = left(w.url || E'\n' || w.description, 1000), url = 'https://url.invalid/', status = 'inactive'
where public.webhook_url_is_valid(w.url) is not true;
update public.webhooks w set name = '?' where public.webhook_is_blank(w.name);
update public.webhooks w set events = array(select distinct e from unnest(w.events) as e)
where array_ndims(w.events) <> 1 or cardinality(w.events) > cardinality(public.webhook_subscribable_event_types());
update public.webhooks w set transform_enabled = false
where w.transform_enabled and public.webhook_is_blank(w.transform_script);
update public.webhooks w set headers = (
  select coalesce(jsonb_object_agg(kept.key, kept.value), '{}')
  from (
    select distinct on (lower(h.key)) h.key, h.value from jsonb_each(w.headers) h
    where public.webhook_headers_are_valid(jsonb_build_object(h.key, h.value))
    order by lower(h.key), h.key limit 20
  ) as kept)
where not public.webhook_headers_are_valid(w.headers);
alter table public.webhooks enable trigger user;

alter table public.crm_leads disable trigger user;
update public.crm_leads l set nom = '?' where public.webhook_is_blank(l.nom);
-- Of what is no address, the address in it; without one, none.
update public.crm_leads l set email = coalesce(
  substring(l.email from '[A-Za-z0-9_+-](?:[A-Za-z0-9_+-]|\.[A-Za-z0-9_+-])*@(?:[A-Za-z0-9][A-Za-z0-9-]*\.)+[A-Za-z]{2,}'), '')
where l.email <> '' and l.email !~ '^(?!\.)(?!.*\.\.)[A-Za-z0-9_''+.-]*[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9-]*\.)+[A-Za-z]{2,}$';
alter table public.crm_leads enable trigger user;

alter table public.crm_appointments disable trigger user;
update public.crm_appointments a set titre = '?' where public.webhook_is_blank(a.titre);
update public.crm_appointments a set
  debut = least(greatest(a.debut, '0001-01-01T00:00:00Z'), '9999-12-31T00:00:00Z'),
  fin = least(greatest(a.fin, '0001-01-01T00:01:00Z'), '9999-12-31T00:01:00Z')
where a.debut < '0001-01-01T00:00:00Z' or a.fin > '9999-12-31T23:59:59.999Z';
alter table public.crm_appointments enable trigger user;

alter table public.crm_files disable trigger user;
update public.crm_files f set
  nom = case when public.webhook_is_blank(f.nom) then '?' else f.nom end,
  type_mime = case when f.type_mime ~ '^[A-Za-z0-9_.+-]+/[A-Za-z0-9_.+-]+$' then f.type_mime else 'application/octet-stream' end,
  taille = octet_length(f.contenu)
where public.webhook_is_blank(f.nom) or f.taille <> octet_length(f.contenu)
  or f.type_mime !~ '^[A-Za-z0-9_.+-]+/[A-Za-z0-9_.+-]+$';
alter table public.crm_files enable trigger user;

update public.playground_inboxes i set name = '?' where public.webhook_is_blank(i.name);

alter table public.webhooks
  drop constraint webhooks_url_check,
  drop constraint webhooks_name_check,
  drop constraint webhooks_events_check,
  drop constraint webhooks_headers_check,
  drop constraint webhooks_header_values_check,
  drop constraint webhooks_check,
  add constraint webhooks_url_check check (char_length(url) <= 2048 and public.webhook_url_is_valid(url)),
  add constraint webhooks_name_check check (char_length(name) <= 120 and not public.webhook_is_blank(name)),
  -- One list, and never more names than there are.
  add constraint webhooks_events_check check (
    events <@ public.webhook_subscribable_event_types() and coalesce(array_ndims(events), 0) = 1
    and cardinality(events) between 1 and cardinality(public.webhook_subscribable_event_types())),
  add constraint webhooks_headers_check check (public.webhook_headers_are_valid(headers)),
  add constraint webhooks_transform_check check (not transform_enabled or not public.webhook_is_blank(transform_script));

alter table public.webhooks rename constraint webhooks_check1 to webhooks_reason_check;
alter table public.webhooks rename constraint webhooks_check2 to webhooks_deleted_check;

alter table public.crm_leads
  drop constraint crm_leads_nom_check,
  drop constraint crm_leads_email_check,
  add constraint crm_leads_nom_check check (char_length(nom) <= 120 and not public.webhook_is_blank(nom)),
  -- The pattern of zod's email(), which the API asks.
  add constraint crm_leads_email_check check (email = '' or (char_length(email) <= 254
    and email ~ '^(?!\.)(?!.*\.\.)[A-Za-z0-9_''+.-]*[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9-]*\.)+[A-Za-z]{2,}$'));

alter table public.crm_appointments
  drop constraint crm_appointments_titre_check,
  drop constraint crm_appointments_check,
  add constraint crm_appointments_titre_check check (char_length(titre) <= 200 and not public.webhook_is_blank(titre)),
  -- Years of four digits: others, and infinity, are no time that a program reads.
  add constraint crm_appointments_times_check check (
    fin > debut and debut >= '0001-01-01T00:00:00Z' and fin <= '9999-12-31T23:59:59.999Z');

alter table public.crm_files
  drop constraint crm_files_nom_check,
  drop constraint crm_files_type_mime_check,
  drop constraint crm_files_taille_check,
  add constraint crm_files_nom_check check (char_length(nom) <= 255 and not public.webhook_is_blank(nom)),
  add constraint crm_files_type_mime_check check (
    char_length(type_mime) <= 127 and type_mime ~ '^[A-Za-z0-9_.+-]+/[A-Za-z0-9_.+-]+$'),
  add constraint crm_files_taille_check check (taille = octet_length(contenu));

alter table public.playground_inboxes
  drop constraint playground_inboxes_name_check,
  add constraint playground_inboxes_name_check check (char_length(name) <= 80 and not public.webhook_is_blank(name));

-- People write what they may decide. Ids, times and authors are the database's; what an inbox received, and a file once it is
-- there, nobody rewrites.
revoke insert, update on public.crm_leads, public.crm_appointments, public.crm_files, public.playground_inboxes,
  public.playground_requests
from authenticated;
grant insert (nom, prenom, email, telephone, statut), update (nom, prenom, email, telephone, statut)
on public.crm_leads to authenticated;
grant insert (lead_id, titre, debut, fin, lieu), update (lead_id, titre, debut, fin, lieu, statut, motif)
on public.crm_appointments to authenticated;
grant insert (lead_id, nom, type_mime, taille, contenu) on public.crm_files to authenticated;
grant insert (name, behaviour), update (name, behaviour) on public.playground_inboxes to authenticated;
