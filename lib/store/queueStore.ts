import { z } from 'zod';
import type { BodyFormat } from '@/lib/domain/webhook';
import { adminClient } from './adminClient';
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
  payload: unknown;
  occurred_at: string;
  /** The trace in which it was triggered; null when nobody traced. */
  traceparent: string | null;
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

/** Leased deliveries: each webhook and each event once. */
export type ClaimedBatch = {
  webhooks: Record<string, ClaimedWebhook>;
  events: Record<string, ClaimedEvent>;
  items: ClaimedItem[];
};

/** What a drain asks for. */
export type ClaimRequest = {
  maxItems: number;
  worker: string;
  /** The former answer's cursor. */
  after: string | null;
  /** Bytes: no delivery with a larger payload is taken. */
  maxPayload?: number | null;
};

export type Claim = {
  /** Where the next claim goes on; null at the end of a round over the webhooks. */
  cursor: string | null;
  /** Milliseconds until something of this round may be due; null when nothing waits. */
  wait_ms: number | null;
  /** How many deliveries of these webhooks other workers claimed within the last second and still hold. */
  in_flight_elsewhere: number;
  batch: ClaimedBatch;
};

/** What became of one leased delivery, as `settle_webhook_deliveries` takes it. What does not apply is left out. */
export type SettledResult = {
  id: string;
  fence: number;
  status: 'success' | 'retrying' | 'failed';
  /** Milliseconds until the next attempt when retrying. */
  delay_ms?: number;
  error_kind?: string;
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
  /** The receiver, and not the script or the settings, is at fault: counts for the circuit breaker. */
  receiver_failed?: boolean;
};

/*
 * The answers of the three verbs below are not parsed with zod: they are our own SQL's, at thousands a second.
 */

/**
 * Writes results, then leases up to `maxItems` due deliveries to this worker, fairly across webhooks: one
 * transaction, so that the slots which the results free are used at once. Results whose lease was lost are dropped.
 * @returns null when `maxItems` is 0
 */
export async function exchangeDeliveries(
  results: SettledResult[],
  { maxItems, worker, after, maxPayload = null }: ClaimRequest,
): Promise<Claim | null> {
  const call = adminClient().rpc('exchange_webhook_deliveries', {
    results: JSON.stringify(results),
    max_items: maxItems,
    worker,
    after_webhook: after,
    max_payload: maxPayload,
  });
  // Twice the API's own limit for a statement: nobody is going to answer any more.
  const answer = unwrap(await call.abortSignal(AbortSignal.timeout(30_000))) as string | null;
  return answer === null ? null : (JSON.parse(answer) as Claim);
}

/** Gives up the leases that earlier processes of this name left behind. */
export async function releaseLeases(name: string, worker: string): Promise<void> {
  unwrap(await adminClient().rpc('release_webhook_leases', { worker: name, present: worker }));
}

/** Writes results; answers the ids whose lease still held. */
export async function settleDeliveries(results: SettledResult[]): Promise<string[]> {
  return retryOnce(
    async () => unwrap(await adminClient().rpc('settle_webhook_deliveries', { results })) as string[],
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

/** Partitions ahead, old data out. */
export async function maintainQueue(keepDays: number): Promise<void> {
  unwrap(await adminClient().rpc('maintain_webhooks', { keep_days: keepDays }));
}

/** Switches off the webhooks that nothing has reached for days. Answers how many. */
export async function disableFailingWebhooks(): Promise<number> {
  return unwrap(await adminClient().rpc('disable_failing_webhooks')) as number;
}

/** Milliseconds since the oldest due delivery fell due; null when none is due. */
export async function queueAgeMs(): Promise<number | null> {
  return unwrap(await adminClient().rpc('webhook_queue_age')) as number | null;
}

const count = z.number();
const queueFiguresSchema = z.object({
  oldest_due_ms: count.nullable(),
  /** By state; `held` are those of inactive webhooks. At most 100,000 rows are counted. */
  deliveries: z.object({ pending: count, retrying: count, in_flight: count, held: count }),
  breakers: z.object({ open: count, half_open: count }),
  /** How often the breakers of the webhooks that fail now have opened. */
  breaker_openings: count,
  webhooks_failing: count,
  /** `disabled` by the system, `inactive` by a person. */
  webhooks: z.object({ active: count, inactive: count, disabled: count }),
});

/** The state of queue, breakers and webhooks, for the metrics. */
export async function queueFigures(): Promise<z.infer<typeof queueFiguresSchema>> {
  return queueFiguresSchema.parse(unwrap(await adminClient().rpc('webhook_queue_figures')));
}
