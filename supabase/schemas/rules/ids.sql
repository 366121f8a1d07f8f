-- Identifiers: UUID version 7 (RFC 9562, section 5.7), made here so that Postgres 15 to 18 behave alike.
-- Time order keeps index pages warm, lets lists page by id, and lets tables be partitioned by id.

-- In the form `return …`: resolved once, so that it needs no search_path, and inlined where it is called.
create function public.webhook_uuid_v7(at timestamptz default clock_timestamp()) returns uuid
language sql volatile parallel safe
return (
  -- 48 bits of Unix milliseconds and 12 of their fraction, the version between them, then 64 random bits with the variant.
  overlay(lpad(to_hex((extract(epoch from at) * 4096000)::int8), 15, '0') placing '7' from 13 for 0)
  || right(gen_random_uuid()::text, 17)
)::uuid;
comment on function public.webhook_uuid_v7 is
  'A new UUID version 7 for the given moment, ordered to the microsecond.';

create function public.webhook_uuid_v7_floor(at timestamptz) returns uuid
language sql immutable parallel safe strict
set search_path = ''
as $$
  -- Before 1970 and beyond 48 bits of milliseconds lie no ids: the first and the last moment stand for them.
  select (encode(substring(int8send(greatest(0, least(281474976710655, floor(extract(epoch from at) * 1000)))::int8) from 3), 'hex')
    || '70000000000000000000')::uuid
$$;
comment on function public.webhook_uuid_v7_floor is
  'The smallest UUID version 7 of the given moment: a lower bound for ids, used for partitions and time filters.';

create function public.webhook_uuid_v7_time(id uuid) returns timestamptz
language sql immutable parallel safe
return to_timestamp(('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint / 1000.0);
comment on function public.webhook_uuid_v7_time is
  'When a UUID version 7 was made, to the millisecond: the inverse of webhook_uuid_v7_floor.';

create function public.webhook_random_secret() returns bytea
language sql volatile parallel safe
set search_path = ''
as $$
  -- Three version 4 UUIDs carry 366 random bits from the server's strong generator; needs no extension.
  select sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))
$$;
comment on function public.webhook_random_secret is
  '32 random bytes.';

revoke execute on function public.webhook_uuid_v7, public.webhook_uuid_v7_floor, public.webhook_uuid_v7_time,
  public.webhook_random_secret
from public, anon, authenticated, service_role;
grant execute on function public.webhook_uuid_v7, public.webhook_uuid_v7_floor, public.webhook_uuid_v7_time
to authenticated, service_role;
grant execute on function public.webhook_random_secret
to service_role;
