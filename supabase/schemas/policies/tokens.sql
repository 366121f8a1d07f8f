-- Tokens are made, listed and revoked by verbs: nobody reads a hash.

alter table public.webhook_tokens enable row level security;
revoke all on public.webhook_tokens from public, anon, authenticated;
grant all on public.webhook_tokens to service_role;
