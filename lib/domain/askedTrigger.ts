import { z } from 'zod';
import { givenText } from './givenText';

/** An event that somebody asks to be triggered, as they send it. What its parts hold is not looked at yet. */
export const askedTriggerSchema = z.strictObject({
  event_type: z.string(),
  payload: z.unknown().optional(), // its absence is refused as payload_not_json
  idempotency_key: givenText().optional(),
});

/** A committed event and how many deliveries it made. */
export const emittedEventSchema = z.object({ event_id: z.string(), deliveries: z.number() });
export type EmittedEvent = z.infer<typeof emittedEventSchema>;

export type AskedTrigger = z.infer<typeof askedTriggerSchema>;
