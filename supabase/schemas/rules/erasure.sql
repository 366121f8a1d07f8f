-- What is known of a record that was erased.

create function public.webhook_record_digest(record_id text) returns bytea
language sql immutable parallel safe
return sha256(convert_to(record_id, 'UTF8'));
comment on function public.webhook_record_digest is
  'By what the audit log knows an erased record: whoever has its id can look for it, and nobody reads the id there.';

revoke execute on function public.webhook_record_digest
from public, anon, authenticated, service_role;
grant execute on function public.webhook_record_digest
to authenticated, service_role;
