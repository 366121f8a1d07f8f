import { z } from 'zod';
import { alertSettingsSchema } from '@/lib/domain/alert';
import { bodyFormats } from '@/lib/domain/webhook';

/*
 * What a claim answers. It is parsed where that is rare; of what a drain takes by thousands a second, the types are held by
 * tests/integration/settleStore.test.ts instead.
 */

/** What an attempt needs to know of its webhook, secrets included: never leaves the server. */
const claimedWebhookSchema = z.object({
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  body_format: z.enum(bodyFormats),
  timeout_ms: z.number(),
  /** Null when transformation is off. */
  transform_script: z.string().nullable(),
  retry_enabled: z.boolean(),
  /** Whether an answer 4xx (but 408, 425, 429) is tried again. */
  retry_refusals: z.boolean(),
  max_retries: z.number(),
  /** Seconds. */
  retry_delay: z.number(),
  max_in_flight: z.number(),
  seed_signature_enabled: z.boolean(),
  secret_key: z.string(),
  /** Newest first; two while a rotation overlaps. */
  signing_secrets: z.array(z.string()),
  /** What makes it tell people of other webhooks; null of most. */
  alert: alertSettingsSchema.nullable().optional(),
});
export type ClaimedWebhook = z.infer<typeof claimedWebhookSchema>;

const claimedEventSchema = z.object({
  event_type: z.string(),
  /** JSON text as the sender wrote it, parsed by nobody on its way: any depth, all digits. */
  payload: z.string(),
  occurred_at: z.string(),
  /** The trace in which it was triggered; null when nobody traced. */
  traceparent: z.string().nullable(),
  /** Grows per record; null for tests and what the system itself tells. */
  sequence: z.number().nullable(),
  /** A row that was there before, told to one webhook; else null. */
  origin: z.literal('backfill').nullable(),
  /** The payload is that of several events, of which this is the last. */
  merged: z.boolean().optional(),
});
export type ClaimedEvent = z.infer<typeof claimedEventSchema>;

const claimedItemSchema = z.object({
  id: z.string(),
  /** Passed back at settle: a lease that was lost in between writes nothing. */
  fence: z.number(),
  webhook_id: z.string(),
  event_id: z.string(),
  retry_count: z.number(),
  attempt_count: z.number(),
  is_test: z.boolean(),
  /** Milliseconds of lease left when the claim was answered. */
  lease_ms: z.number(),
});
export type ClaimedItem = z.infer<typeof claimedItemSchema>;

/** What a delivery has for itself. */
const claimedApartSchema = z.object({
  /** Several events as one: their payload as JSON text. */
  payload: z.string().nullable(),
  /** Of a retry: the delivery that brought a newer state of its record meanwhile, where its webhook skips such retries. */
  superseded_by: z.string().nullable(),
});

/** Leased deliveries: each webhook and each event once. */
export const claimedBatchSchema = z.object({
  webhooks: z.record(z.string(), claimedWebhookSchema),
  events: z.record(z.string(), claimedEventSchema),
  items: z.array(claimedItemSchema),
  /** Of some deliveries, what is not simply their event's; null where it is of none. */
  apart: z.record(z.string(), claimedApartSchema).nullable(),
});
export type ClaimedBatch = z.infer<typeof claimedBatchSchema>;

export const claimSchema = z.object({
  /** Where the next claim goes on; null at the end of a round over the webhooks. */
  cursor: z.string().nullable(),
  /** Milliseconds until something of this round may be due; null when nothing waits. */
  wait_ms: z.number().nullable(),
  /** How many deliveries of these webhooks other workers claimed within the last second and still hold. */
  in_flight_elsewhere: z.number(),
  /** Whether a background job waits for somebody to work on it. */
  jobs: z.boolean(),
  batch: claimedBatchSchema,
});
export type Claim = z.infer<typeof claimSchema>;
