import type { BodyFormat } from './webhook';

/**
 * The body of a delivery. It is always exactly `JSON.stringify(JSON.parse(body))`, so that a receiver that
 * parses and re-serialises it gets the same bytes and the same signatures.
 * @param input.payload parsed JSON, the event's payload or what the transform returned for it: parsing has folded what
 *   JSON text can say and JavaScript cannot keep (repeated keys, -0, long numbers)
 * @param input.occurredAt when the event happened: the same at every attempt
 */
export function buildBody(input: {
  format: BodyFormat;
  eventType: string;
  payload: unknown;
  occurredAt: Date;
}): string {
  const { format, eventType, payload, occurredAt } = input;
  if (format === 'raw') return JSON.stringify(payload);
  return JSON.stringify({ event_type: eventType, payload, timestamp: occurredAt.toISOString() });
}
