import { z } from 'zod';
import { deliveryErrorKinds } from './deliveryErrorKinds';
import { eventOrigins } from './eventOrigin';
import { givenText } from './givenText';
import { givenTime } from './givenTime';
import { isoTime } from './isoTime';
import { statusCodePattern } from './statusCode';
import { consoleLineSchema } from './transformPreview';
import { webhookHealthSchema } from './webhook';

/** The seed's four statuses of a delivery, and `skipped`: never meant to be sent, neither success nor failure. */
const deliveryStatuses = ['pending', 'retrying', 'success', 'failed', 'skipped'] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];
const deliveryStatusSchema = z.enum(deliveryStatuses);

export type DeliveryErrorKind = (typeof deliveryErrorKinds)[number];

/** True for the failures that are the script's fault and not the receiver's. */
export function isTransformError(kind: DeliveryErrorKind): boolean {
  return kind.startsWith('transform_') || kind === 'payload_too_large';
}

/** A delivery as lists show it. Times are ISO 8601 in UTC. */
export const deliverySchema = z.object({
  id: z.string(),
  webhook_id: z.string(),
  event_id: z.string(),
  event_type: z.string(),
  is_test: z.boolean(),
  status: deliveryStatusSchema,
  /** A drain holds it at this moment. */
  in_flight: z.boolean(),
  /** Retries since the delivery was created or last redelivered by hand. */
  retry_count: z.number(),
  /** HTTP tries ever made under this id. */
  attempt_count: z.number(),
  /** When it goes out, a pause of its receiver included; null when final, or while the webhook is inactive. */
  next_attempt_at: isoTime.nullable(),
  last_status_code: z.number().nullable(),
  last_error_kind: z.enum(deliveryErrorKinds).nullable(),
  last_error: z.string().nullable(),
  /** Milliseconds of the last attempt. */
  last_duration_ms: z.number().nullable(),
  created_at: isoTime,
  finished_at: isoTime.nullable(),
  /**
   * What a waiting delivery waits for. `inactive`: its webhook is switched off; `cancellation`: all that waits for it is
   * being cancelled; `pause`: the receiver is spared; `receiver`: it asked us to wait; `record`: another delivery of its
   * record goes first; `time`: its own due time; `rate`: its webhook's requests per second are used up; `limit`: all its
   * webhook's requests at once are under way. Null: its turn, being sent, or final.
   */
  waits_for: z
    .enum(['inactive', 'cancellation', 'pause', 'receiver', 'record', 'time', 'rate', 'limit'])
    .nullable(),
  /** The record that the event is about: the `id` of its payload. Null where it has none, or was removed with age. */
  record_id: z.string().nullable(),
  /** What people call that record, such as Chloé Lefèvre; null where neither the payload nor the table says. */
  record_label: z.string().nullable(),
  /** The delivery of its record that goes first, or that failed and that somebody has to decide upon; null: none. */
  follows: z.string().nullable(),
  /** The events that it brings as one, oldest first; null where it brings one. `event_id` is the last of them. */
  merged: z.array(z.string()).nullable(),
});
export type Delivery = z.infer<typeof deliverySchema>;

const headerRecord = z.record(z.string(), z.string());

/** One try as it was made. Secrets and custom header values in `request_headers` are masked. */
export const attemptSchema = z.object({
  /** 1 for the first try of this delivery, counting on through redeliveries. */
  attempt: z.number(),
  started_at: isoTime,
  duration_ms: z.number(),
  succeeded: z.boolean(),
  /** Null when the transform failed: nothing was sent. */
  request_url: z.string().nullable(),
  request_headers: headerRecord.nullable(),
  request_body: z.string().nullable(),
  response_status: z.number().nullable(),
  response_headers: headerRecord.nullable(),
  /** At most 16 KiB. */
  response_body: z.string().nullable(),
  response_truncated: z.boolean(),
  error_kind: z.enum(deliveryErrorKinds).nullable(),
  error_message: z.string().nullable(),
  /** What the script wrote, and after it our own notes, which have a `code`. */
  console: z.array(consoleLineSchema.extend({ code: z.string().optional() })).nullable(),
});
export type Attempt = z.infer<typeof attemptSchema>;

/** A delivery with its event and every attempt, oldest first. */
export const deliveryDetailSchema = deliverySchema.extend({
  /** Null when the webhook was deleted. */
  webhook: z
    .object({
      id: z.string(),
      name: z.string(),
      status: z.string(),
      health: webhookHealthSchema.nullable(),
    })
    .nullable(),
  /** Null when the event was removed with age. */
  event: z
    .object({
      payload: z.unknown(),
      occurred_at: isoTime,
      /** When its record was erased: payload and attempts have nothing of it since. */
      erased_at: isoTime.nullable(),
      /** What `X-Webhook-Sequence` says; null for tests and what the system itself tells. */
      sequence: z.number().nullable(),
      /** Null: it was stored before this was kept. */
      origin: z.enum(eventOrigins).nullable(),
      /** The webhook on whose account somebody made the change, as they said, or that the system tells of; null: none. */
      origin_webhook: z.string().nullable(),
    })
    .nullable(),
  /** Whether further deliveries of its record wait for what becomes of this failed one (`order_waits`). */
  stops_record: z.boolean(),
  attempts: z.array(attemptSchema),
});
export type DeliveryDetail = z.infer<typeof deliveryDetailSchema>;

/** What became of each delivery that was asked to go out again. */
export const redeliveredSchema = z.array(
  z.object({
    id: z.string(),
    result: z.enum(['queued', 'in_flight', 'webhook_inactive', 'erased', 'not_found']),
  }),
);
export type Redelivered = z.infer<typeof redeliveredSchema>;

/** What became of each delivery that was to be taken out of the queue. */
export const cancelledSchema = z.array(
  z.object({ id: z.string(), result: z.enum(['cancelled', 'in_flight', 'not_waiting', 'not_found']) }),
);
export type Cancelled = z.infer<typeof cancelledSchema>;

/** How many failed deliveries a replay would send; `capped`: at least that many. */
export const failedCountSchema = z.object({ count: z.number(), capped: z.boolean() });
export type FailedCount = z.infer<typeof failedCountSchema>;

const errorKindSchema = z.enum(deliveryErrorKinds);

/** Which failures are sent again: those created in a range, of one webhook, of one type, by the cause and the answer. */
export const replayRangeSchema = z.strictObject({
  webhook_id: z.uuid().optional(),
  /** Inclusive; of the delivery's creation. */
  from: givenTime(),
  /** Exclusive. */
  to: givenTime().optional(),
  event_type: givenText().max(100).optional(),
  status_code: z.string().regex(statusCodePattern).optional(),
  error_kind: z.array(errorKindSchema).min(1).max(deliveryErrorKinds.length).optional(),
});
export type ReplayRange = z.infer<typeof replayRangeSchema>;

/** What the list of deliveries can be narrowed by. */
export const deliveryFilterSchema = z.object({
  webhook_id: z.uuid().optional(),
  status: z
    .string()
    .describe('One status, or several with commas between.')
    .transform((text) => text.split(','))
    .pipe(z.array(deliveryStatusSchema))
    .optional(),
  event_type: givenText().max(100).optional(),
  status_code: z
    .string()
    .regex(statusCodePattern)
    .optional()
    .describe('Of the last answer, where that was not 2xx: `404`, or `4xx`.'),
  error_kind: z
    .string()
    .describe('Why the last attempt failed, or why there was none: one kind, or several with commas between.')
    .transform((text) => text.split(','))
    .pipe(z.array(errorKindSchema).max(deliveryErrorKinds.length))
    .optional(),
  record_id: givenText().max(200).optional().describe('The `id` of the payload, to the letter.'),
  from: z.iso.datetime({ offset: true }).optional().describe('Inclusive.'),
  to: z.iso.datetime({ offset: true }).optional().describe('Exclusive.'),
  q: givenText()
    .trim()
    .max(200)
    .optional()
    .describe(
      'Words that all occur in the texts of the event’s payload, or begin a word there, in any order, whatever case and accents; a phone number as people write it; the id of a record, a delivery or an event.',
    ),
});
export type DeliveryFilter = z.infer<typeof deliveryFilterSchema>;
