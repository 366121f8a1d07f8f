-- What may be stored, whoever writes: the same as the API takes.

create function public.webhook_is_blank(value text) returns boolean
language sql immutable parallel safe
return btrim(value, E'\t\n\x0b\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff') = '';
comment on function public.webhook_is_blank is
  'Whether a text is nothing but white space, as JavaScript trims it, and so as the API sees it.';

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

create function public.webhook_alert_is_valid(alert jsonb) returns boolean
language sql immutable parallel safe
set search_path = ''
as $$
  select coalesce(jsonb_typeof(alert) = 'object' and octet_length(alert::text) <= 20000
    and alert - array['channel', 'locale', 'webhooks', 'emails'] = '{}'
    and alert ->> 'channel' = any (array['email', 'slack', 'teams', 'discord', 'google_chat', 'webhook'])
    and alert ->> 'locale' = any (array['fr', 'en'])
    and case jsonb_typeof(alert -> 'webhooks')
      when 'null' then true when 'array' then jsonb_array_length(alert -> 'webhooks') between 1 and 200 else false end
    and case jsonb_typeof(alert -> 'emails')
      when 'array' then jsonb_array_length(alert -> 'emails') between (case alert ->> 'channel' when 'email' then 1 else 0 end) and 20
      else false end, false)
$$;
comment on function public.webhook_alert_is_valid is
  'Whether this is what makes a webhook an alert: { channel, locale, webhooks, emails }. Mirrors lib/domain/alert.ts.';

create function public.webhook_slug(name text) returns text
language sql immutable parallel safe
set search_path = ''
as $$
  select coalesce(nullif(btrim(left(regexp_replace(lower(regexp_replace(normalize(name, NFKD), '[\u0300-\u036f]', '', 'g')),
    '[^a-z0-9]+', '-', 'g'), 50), '-'), ''), 'webhook')
$$;
comment on function public.webhook_slug is
  'A name in small letters, digits and hyphens, 50 at most: what a configuration calls a webhook where nobody said otherwise.';

revoke execute on function public.webhook_is_blank, public.webhook_headers_are_valid, public.webhook_url_is_valid, public.webhook_alert_is_valid, public.webhook_slug
from public, anon, authenticated, service_role;
grant execute on function public.webhook_is_blank, public.webhook_headers_are_valid, public.webhook_url_is_valid, public.webhook_alert_is_valid, public.webhook_slug
to authenticated, service_role;
