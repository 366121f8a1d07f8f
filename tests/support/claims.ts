import { randomUUID } from 'node:crypto';
import type { Claim, ClaimedEvent, ClaimedItem, ClaimedWebhook } from '@/lib/store/claimSchema';
import type { SettledResult } from '@/lib/store/queueStore';

/** A webhook as a claim tells it: an ordinary one where nothing else is said. */
export const claimedWebhook = (fields: Partial<ClaimedWebhook> = {}): ClaimedWebhook => ({
  url: 'https://receiver.test/hook',
  headers: {},
  body_format: 'envelope',
  timeout_ms: 5000,
  transform_script: null,
  retry_enabled: true,
  retry_refusals: true,
  max_retries: 3,
  retry_delay: 5,
  max_in_flight: 20,
  seed_signature_enabled: true,
  secret_key: 'a'.repeat(64),
  signing_secrets: [`whsec_${Buffer.alloc(32, 7).toString('base64')}`],
  ...fields,
});

export const claimedEvent = (fields: Partial<ClaimedEvent> = {}): ClaimedEvent => ({
  event_type: 'lead.created',
  payload: '{"id":"1"}',
  occurred_at: '2024-01-15T10:30:00Z',
  traceparent: null,
  sequence: null,
  origin: null,
  ...fields,
});

export const claimedItem = (fields: Partial<ClaimedItem> = {}): ClaimedItem => ({
  id: randomUUID(),
  fence: 1,
  webhook_id: 'webhook',
  event_id: 'event',
  retry_count: 0,
  attempt_count: 0,
  is_test: false,
  lease_ms: 25_000,
  ...fields,
});

/** A claim that found these deliveries, and the end of its round. */
export const claimOf = (items: ClaimedItem[], fields: Partial<Claim> = {}): Claim => ({
  cursor: null,
  wait_ms: null,
  in_flight_elsewhere: 0,
  jobs: false,
  batch: {
    webhooks: Object.fromEntries(items.map(({ webhook_id }) => [webhook_id, claimedWebhook()])),
    events: Object.fromEntries(items.map(({ event_id }) => [event_id, claimedEvent()])),
    items,
    apart: null,
  },
  ...fields,
});

export const settledSuccess = (
  { id, fence }: { id: string; fence: number },
  fields: Partial<SettledResult> = {},
): SettledResult => ({
  id,
  fence,
  status: 'success',
  started_at: '2024-01-15T10:30:00.000Z',
  duration_ms: 1,
  response_status: 200,
  ...fields,
});
