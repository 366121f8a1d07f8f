import { z } from 'zod';
import type { ErrorCode } from './errors';
import { givenText } from './givenText';
import { fieldErrorSchema } from './problemSchema';

/** An event that somebody asks to be triggered, as they send it. What its parts hold is not looked at yet. */
export const askedTriggerSchema = z.strictObject({
  event_type: z.string(),
  payload: z.unknown().optional(), // its absence is refused as payload_not_json
  idempotency_key: givenText().optional(),
});

/** What may be wrong with one event that is to be triggered. */
export const eventProblems = [
  'unknown_event',
  'validation_failed',
  'payload_not_json',
  'payload_too_large',
  'payload_too_deep',
  'payload_invalid',
  'idempotency_key_reused',
] as const satisfies ErrorCode[];

/** A committed event and how many deliveries it made. */
export const emittedEventSchema = z.object({ event_id: z.string(), deliveries: z.number() });
export type EmittedEvent = z.infer<typeof emittedEventSchema>;

/** A committed event, and what there is to say of its payload and its type. */
export const triggeredEventSchema = emittedEventSchema.extend({
  /** Where the payload does not fit the schema of its type, which warns and does not refuse. */
  warnings: z.array(fieldErrorSchema).optional(),
  /** Since when nothing new should use this type. */
  deprecated_at: z.string().optional(),
});
export type TriggeredEvent = z.infer<typeof triggeredEventSchema>;

export type AskedTrigger = z.infer<typeof askedTriggerSchema>;
