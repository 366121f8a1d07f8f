import type { BodyFormat } from './webhook';

/**
 * The body of a delivery. It is always exactly `JSON.stringify(JSON.parse(body))`, so that a receiver that
 * parses and re-serialises it gets the same bytes and the same signatures.
 * @param input.payloadJson JSON text: the event's payload, or what the transform returned for it
 * @param input.occurredAt when the event happened: the same at every attempt
 */
export function buildBody(input: {
  format: BodyFormat;
  eventType: string;
  payloadJson: string;
  occurredAt: Date;
}): string {
  // Parsing first folds what JSON text can say and JavaScript cannot keep: repeated keys, -0, long numbers.
  const payload: unknown = JSON.parse(input.payloadJson);
  if (input.format === 'raw') return JSON.stringify(payload);
  return JSON.stringify({
    event_type: input.eventType,
    payload,
    timestamp: input.occurredAt.toISOString(),
  });
}
