import type { BodyFormat } from './webhook';

/**
 * The body of a delivery. It is always exactly `JSON.stringify(JSON.parse(body))`, so that a receiver that
 * parses and re-serialises it gets the same bytes and the same signatures.
 * @param input.payload what `JSON.stringify` wrote of parsed JSON, the event's payload or what the transform returned
 *   for it: parsing has folded what JSON text can say and JavaScript cannot keep (repeated keys, -0, long numbers)
 * @param input.occurredAt when the event happened: the same at every attempt
 */
export function buildBody(input: {
  format: BodyFormat;
  eventType: string;
  payload: string;
  occurredAt: Date;
}): string {
  const { format, eventType, payload, occurredAt } = input;
  if (format === 'raw') return payload;
  return `{"event_type":${JSON.stringify(eventType)},"payload":${payload},"timestamp":"${occurredAt.toISOString()}"}`;
}
