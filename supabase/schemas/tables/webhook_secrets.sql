create table public.webhook_secrets (
  webhook_id uuid primary key references public.webhooks (id) on delete cascade,
  secret_key text not null default encode(public.webhook_random_secret(), 'hex'),
  signing_secret text not null default 'whsec_' || encode(public.webhook_random_secret(), 'base64'),
  previous_signing_secret text,
  previous_expires_at timestamptz
);

comment on table public.webhook_secrets is
  'Apart from webhooks, so that no read of a webhook can carry a secret. secret_key is given away by the seed''s header; signing_secret never leaves.';
