import { z } from 'zod';
import { givenTime } from './givenTime';
import { isoTime } from './isoTime';
import { inboxInputSchema, inboxRequestDetailSchema } from './playground';
import { subscriptionsSchema } from './subscription';

/** `POST /api/playground/listeners`: a program that listens for a while. */
export const listenerInputSchema = z.strictObject({
  name: inboxInputSchema.shape.name,
  events: subscriptionsSchema,
});
export type ListenerInput = z.output<typeof listenerInputSchema>;

/** A listener as it was made: the only answer that holds the secrets of its webhook. Deleting the inbox deletes both. */
export const listenerSchema = z.object({
  inbox_id: z.string(),
  webhook_id: z.string(),
  url: z.string(),
  events: z.array(z.string()),
  signing_secret: z.string(),
  secret_key: z.string(),
});
export type Listener = z.infer<typeof listenerSchema>;

/** `GET /api/playground/listeners/{id}/requests`. */
export const listenedQuerySchema = z.strictObject({ since: givenTime().optional() });

/** A request as it came, its headers not masked. */
export const listenedRequestSchema = inboxRequestDetailSchema
  .pick({
    id: true,
    method: true,
    headers: true,
    body: true,
    event_type: true,
    delivery_id: true,
    attempt: true,
  })
  .extend({ received_at: isoTime });
export type ListenedRequest = z.infer<typeof listenedRequestSchema>;
