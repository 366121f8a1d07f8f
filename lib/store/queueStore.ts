import type { DeliveryErrorKind } from '@/lib/domain/delivery';
import type { Fault } from '@/lib/domain/outcome';
import type { BodyFormat } from '@/lib/domain/webhook';
import { adminClient } from './adminClient';
import { callAsService } from './serviceCall';
import { retryOnce, unwrap } from './storeError';

/** What an attempt needs to know of its webhook, secrets included: never leaves the server. */
export type ClaimedWebhook = {
  url: string;
  headers: Record<string, string>;
  body_format: BodyFormat;
  timeout_ms: number;
  /** Null when transformation is off. */
  transform_script: string | null;
  retry_enabled: boolean;
  /** Whether an answer 4xx (but 408, 425, 429) is tried again. */
  retry_refusals: boolean;
  max_retries: number;
  /** Seconds. */
  retry_delay: number;
  max_in_flight: number;
  seed_signature_enabled: boolean;
  secret_key: string;
  /** Newest first; two while a rotation overlaps. */
  signing_secrets: string[];
};

export type ClaimedEvent = {
  event_type: string;
  /** JSON text as the sender wrote it, parsed by nobody on its way: any depth, all digits. */
  payload: string;
  occurred_at: string;
  /** The trace in which it was triggered; null when nobody traced. */
  traceparent: string | null;
  /** Grows per record; null for tests and what the system itself tells. */
  sequence: number | null;
  /** The payload is that of several events, of which this is the last. */
  merged?: boolean;
};

export type ClaimedItem = {
  id: string;
  /** Passed back at settle: a lease that was lost in between writes nothing. */
  fence: number;
  webhook_id: string;
  event_id: string;
  retry_count: number;
  attempt_count: number;
  is_test: boolean;
  /** Milliseconds of lease left when the claim was answered. */
  lease_ms: number;
};

/** What a delivery has for itself. */
type ClaimedApart = {
  /** Several events as one: their payload as JSON text. */
  payload: string | null;
  /** Of a retry: the delivery that brought a newer state of its record meanwhile, where its webhook skips such retries. */
  superseded_by: string | null;
};

/** Leased deliveries: each webhook and each event once. */
export type ClaimedBatch = {
  webhooks: Record<string, ClaimedWebhook>;
  events: Record<string, ClaimedEvent>;
  items: ClaimedItem[];
  /** Of some deliveries, what is not simply their event's; absent where it is of none. */
  apart?: Record<string, ClaimedApart> | null;
};

/** What a drain asks for. */
export type ClaimRequest = {
  maxItems: number;
  worker: string;
  /** The former answer's cursor. */
  after: string | null;
  /** Bytes: no delivery with a larger payload is taken. */
  maxPayload?: number | null;
  /** Milliseconds that any lock is waited for, 50 to 500: whoever holds one longer is answered 55P03. */
  patienceMs?: number;
};

export type Claim = {
  /** Where the next claim goes on; null at the end of a round over the webhooks. */
  cursor: string | null;
  /** Milliseconds until something of this round may be due; null when nothing waits. */
  wait_ms: number | null;
  /** How many deliveries of these webhooks other workers claimed within the last second and still hold. */
  in_flight_elsewhere: number;
  /** Whether a background job waits for somebody to work on it. */
  jobs: boolean;
  batch: ClaimedBatch;
};

/** What became of one leased delivery, as `settle_webhook_deliveries` takes it. What does not apply is left out. */
export type SettledResult = {
  id: string;
  fence: number;
  /** `released`: nothing was sent and nothing is written; the delivery is due again after `delay_ms`. */
  status: 'success' | 'retrying' | 'failed' | 'skipped' | 'released';
  /** Milliseconds until the next attempt when retrying or released. */
  delay_ms?: number;
  /** When retrying: the attempt uses up no retry (429). */
  keeps_retry?: boolean;
  /** Milliseconds for which nothing is sent to the whole webhook (429; 503 with Retry-After). */
  hold_ms?: number;
  fault?: Fault;
  error_kind?: DeliveryErrorKind;
  error_message?: string;
  started_at: string;
  duration_ms: number;
  request_url?: string;
  request_headers?: Record<string, string>;
  /** Left out when nothing was sent, or when it was the event's own payload in `request_format`. */
  request_body?: string;
  request_format?: BodyFormat;
  response_status?: number;
  response_headers?: Record<string, string>;
  response_body?: string;
  response_truncated?: boolean;
  console?: unknown[];
};

/** Results that were not written: somebody else has their delivery locked. Hand them in again, later and alone. */
export type Busy = { busy: string[] };

/*
 * The answers of the three verbs below are not parsed with zod: they are our own SQL's, at thousands a second.
 */

/**
 * Writes results, then leases up to `maxItems` due deliveries to this worker, fairly across webhooks: one
 * transaction, so that the slots which the results free are used at once. Results whose lease was lost are dropped.
 * @returns `claim` is null when `maxItems` is 0
 */
export async function exchangeDeliveries(
  results: SettledResult[],
  { maxItems, worker, after, maxPayload = null, patienceMs = 500 }: ClaimRequest,
): Promise<Busy & { claim: Claim | null }> {
  const answer = await callAsService('exchange_webhook_deliveries', {
    results: JSON.stringify(results),
    max_items: maxItems,
    worker,
    after_webhook: after,
    max_payload: maxPayload,
    patience_ms: patienceMs,
  });
  return JSON.parse(answer as string);
}

/** Gives up the leases that earlier processes of this name left behind. */
export async function releaseLeases(name: string, worker: string): Promise<void> {
  unwrap(await adminClient().rpc('release_webhook_leases', { worker: name, present: worker }));
}

/** Gives up the leases of this very worker but those of the deliveries that it knows to be under way. */
export async function releaseUnknownLeases(worker: string, underWay: string[]): Promise<number> {
  return unwrap(
    await adminClient().rpc('release_unknown_webhook_leases', { worker, under_way: underWay }),
  ) as number;
}

/** Writes results; answers the ids whose lease still held, and those that are locked at the moment. */
export async function settleDeliveries(results: SettledResult[]): Promise<Busy & { settled: string[] }> {
  return retryOnce(
    async () =>
      unwrap(await adminClient().rpc('settle_webhook_deliveries', { results })) as Busy & {
        settled: string[];
      },
  );
}

/**
 * Creates a test delivery, leased to this worker.
 * @throws WebhookError `webhook_not_found`
 */
export async function createTestDelivery(
  webhookId: string,
  event: { event_type: string; payload: unknown },
  worker: string,
): Promise<ClaimedBatch> {
  return unwrap(
    await adminClient().rpc('create_test_delivery', { webhook_id: webhookId, ...event, worker }),
  ) as ClaimedBatch;
}
