import type { Condition } from './conditions';

/** What a new webhook has where nothing else was said. */
export const webhookDefaults = {
  description: '',
  conditions: [] as Condition[],
  headers: {} as Record<string, string>,
  status: 'active',
  transform_enabled: false,
  transform_script: '',
  retry_enabled: true,
  max_retries: 3,
  retry_refusals: true,
  retry_delay: 5,
  timeout_ms: 5000,
  seed_signature_enabled: true,
  body_format: 'envelope',
  max_in_flight: 16,
  rate_limit: null as number | null,
  ordered: false,
  order_waits: false,
  stale_retries: 'send',
  skip_own_changes: false,
  coalesce_seconds: 0,
} as const;
