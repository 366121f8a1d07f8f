import type { SupabaseClient } from '@supabase/supabase-js';
import { z } from 'zod';
import { unwrap } from './storeError';

/** An event to be triggered. */
export type NewEvent = {
  event_type: string;
  /** Its JSON text, as `payloadJson` wrote it: it goes to the database as it is. */
  payload: string;
  idempotency_key?: string | undefined;
  /** The trace that the spans of its attempts join. */
  traceparent?: string | undefined;
};

const emittedSchema = z.object({ event_id: z.string(), deliveries: z.number() });

/** A committed event and how many deliveries it made. */
export type EmittedEvent = z.infer<typeof emittedSchema>;

/**
 * Commits events with their deliveries in one transaction; answers them in the same order.
 * @throws WebhookError `unknown_event`, `payload_not_json`, `payload_too_large`, `payload_too_deep`,
 *   `idempotency_key_reused`, `forbidden`, `database_unavailable`
 */
export async function emitEvents(client: SupabaseClient, events: NewEvent[]): Promise<EmittedEvent[]> {
  // As text: an API on the way may read JSON into doubles.
  const text = `[${events.map(textOf).join(',')}]`;
  return z.array(emittedSchema).parse(unwrap(await client.rpc('emit_webhook_events', { events: text })));
}

/** The payload is not written a second time. */
const textOf = ({ payload, ...event }: NewEvent) =>
  `${JSON.stringify(event).slice(0, -1)},"payload":${payload}}`;
