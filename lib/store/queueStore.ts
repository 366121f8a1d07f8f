import { z } from 'zod';
import type { DeliveryErrorKind } from '@/lib/domain/delivery';
import type { Fault } from '@/lib/domain/outcome';
import type { BodyFormat } from '@/lib/domain/webhook';
import { adminClient } from './adminClient';
import { type Claim, type ClaimedBatch, claimedBatchSchema } from './claimSchema';
import { callAsService } from './serviceCall';
import { retryOnce, unwrap } from './storeError';

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

const settledSchema = z.object({ busy: z.array(z.string()), settled: z.array(z.string()) });

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
  // Not parsed with zod: they are our own SQL's, at thousands a second.
  const exchanged: Busy & { claim: Claim | null } = JSON.parse(answer);
  return exchanged;
}

/** Gives up the leases that earlier processes of this name left behind. */
export async function releaseLeases(name: string, worker: string): Promise<void> {
  unwrap(await adminClient().rpc('release_webhook_leases', { worker: name, present: worker }));
}

/** Gives up the leases of this very worker but those of the deliveries that it knows to be under way. */
export async function releaseUnknownLeases(worker: string, underWay: string[]): Promise<number> {
  return unwrap(await adminClient().rpc('release_unknown_webhook_leases', { worker, under_way: underWay }));
}

/** Writes results; answers the ids whose lease still held, and those that are locked at the moment. */
export async function settleDeliveries(results: SettledResult[]): Promise<Busy & { settled: string[] }> {
  return retryOnce(async () =>
    settledSchema.parse(unwrap(await adminClient().rpc('settle_webhook_deliveries', { results }))),
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
  return claimedBatchSchema.parse(
    unwrap(await adminClient().rpc('create_test_delivery', { webhook_id: webhookId, ...event, worker })),
  );
}
