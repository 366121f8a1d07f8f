import type { BodyFormat } from './webhook';

/**
 * The body of a delivery. It is exactly `JSON.stringify(JSON.parse(body))`, so that a receiver that parses and
 * re-serialises it gets the same bytes and the same signatures, unless a number in it would not survive that.
 * @param input.payload what `canonicalJson` made of the event's payload, or what the transform returned for it
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
