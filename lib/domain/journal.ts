import { z } from 'zod';
import { deliverySchema } from './delivery';
import { eventOrigins } from './eventOrigin';
import { givenText } from './givenText';
import { givenTime } from './givenTime';
import { isoTime } from './isoTime';

/** An event as the journal lists it, whoever listened. Times are ISO 8601 in UTC. */
export const journalEventSchema = z.object({
  id: z.string(),
  occurred_at: isoTime,
  event_type: z.string(),
  record_id: z.string().nullable(),
  record_label: z.string().nullable(),
  /** The record that it belongs to: the `lead_id` of the payload. */
  related_id: z.string().nullable(),
  /** Null: unknown, for it was stored before this was kept. */
  origin: z.enum(eventOrigins).nullable(),
  /** The account that triggered it; null: the service itself, or SQL. */
  triggered_by: z.string().nullable(),
  /** How many webhooks it goes or went to. */
  deliveries: z.number(),
  /** How many active webhooks listened to it and were left out: by a condition, or because it came of their own account. */
  left_out: z.number(),
});
export type JournalEvent = z.infer<typeof journalEventSchema>;

/**
 * Why a webhook has no delivery of an event. `created_later`: it did not exist yet; `for_another`: a test, or a backfill, is for
 * one webhook; `own_change`: it came of the webhook's own account; `about_itself`: the system tells of that webhook there;
 * `erased`: nothing is left to ask its conditions of; `unknown`: what is kept does not tell, as where its settings were changed
 * since.
 */
const unsentReasons = [
  'not_subscribed',
  'condition',
  'inactive_at_the_time',
  'created_later',
  'for_another',
  'own_change',
  'about_itself',
  'erased',
  'unknown',
] as const;

/** An event with what became of it at each webhook. */
export const journalEventDetailSchema = journalEventSchema.extend({
  payload: z.unknown(),
  sent_to: z.array(
    deliverySchema
      .pick({
        id: true,
        webhook_id: true,
        status: true,
        attempt_count: true,
        last_status_code: true,
        last_error_kind: true,
        created_at: true,
        finished_at: true,
        in_flight: true,
        next_attempt_at: true,
        waits_for: true,
        merged: true,
      })
      /** Null: the webhook was deleted. */
      .extend({ webhook_name: z.string().nullable() }),
  ),
  not_sent_to: z.array(
    z.object({
      webhook_id: z.string(),
      webhook_name: z.string(),
      reason: z.enum(unsentReasons),
      /** Whether the webhook, as it is now, listens to it and has no condition that it does not meet. */
      matches_now: z.boolean(),
    }),
  ),
});
export type JournalEventDetail = z.infer<typeof journalEventDetailSchema>;

/** What the journal can be narrowed by. */
export const journalFilterSchema = z.object({
  type: givenText().max(100).optional(),
  /** Inclusive. */
  since: givenTime().optional(),
  /** Exclusive. */
  until: givenTime().optional(),
  record_id: givenText().max(200).optional().describe('The `id` of the payload, to the letter.'),
  related_id: givenText()
    .max(200)
    .optional()
    .describe('The `lead_id` of the payload, to the letter: what belongs to that record.'),
  heard: z
    .literal('false')
    .transform(() => false as const)
    .optional()
    .describe('Those only that made no delivery.'),
});
export type JournalFilter = z.infer<typeof journalFilterSchema>;
