import type { EventType } from '@/lib/domain/eventType';

const componentOf = (name: string) => `event.${name}`;
const refTo = (name: string) => `#/components/schemas/${componentOf(name)}`;

/** The schemas of event types as components; one without says that anything may come. */
export const eventSchemas = (eventTypes: EventType[]) =>
  Object.fromEntries(
    eventTypes.map(({ name, schema, descriptions, sample }) => [
      componentOf(name),
      {
        ...(schema === null ? { type: 'object' } : (rebased(schema, refTo(name)) as object)),
        ...(descriptions.en === '' ? {} : { description: descriptions.en }),
        ...(sample == null ? {} : { examples: [sample] }),
      },
    ]),
  );

/** A schema within another document: what refers to its root, or below it, refers to where it stands there. */
function rebased(value: unknown, root: string): unknown {
  if (Array.isArray(value)) return value.map((item) => rebased(item, root));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== '$schema' && key !== '$id')
      .map(([key, part]) =>
        key === '$ref' && typeof part === 'string' && /^#(\/|$)/.test(part)
          ? [key, root + part.slice(1)]
          : [key, rebased(part, root)],
      ),
  );
}

const header = (name: string, description: string) => ({
  name,
  in: 'header',
  required: true,
  description,
  schema: { type: 'string' },
});

/** What every delivery brings (docs/receivers.md). */
const headers = [
  header('X-Webhook-Event', 'The event type'),
  header('webhook-id', 'The id of the delivery: the same on every retry, and when it is sent again by hand'),
  header('webhook-timestamp', 'Unix seconds of this attempt'),
  header('webhook-signature', 'Standard Webhooks: `v1,` and Base64 of HMAC-SHA256 over `id.timestamp.body`'),
];

/** What is sent to receivers, by event type: the envelope, where a webhook has neither a script nor the raw format. */
export const webhookOperations = (eventTypes: EventType[]) =>
  Object.fromEntries(
    eventTypes.map(({ name, labels, deprecated_at }) => [
      name,
      {
        post: {
          operationId: `on_${name.replace('.', '_')}`,
          summary: labels.en || name,
          tags: ['receivers'],
          ...(deprecated_at === null ? {} : { deprecated: true }),
          security: [],
          parameters: headers,
          requestBody: {
            required: true,
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                  required: ['event_type', 'payload', 'timestamp'],
                  properties: {
                    event_type: { const: name },
                    payload: { $ref: refTo(name) },
                    timestamp: { type: 'string', format: 'date-time' },
                  },
                },
              },
            },
          },
          responses: {
            '2XX': { description: 'Taken' },
            '410': { description: 'Never again: the webhook is switched off' },
            default: { description: 'Not taken: it is sent again, as the webhook is set' },
          },
        },
      },
    ]),
  );
