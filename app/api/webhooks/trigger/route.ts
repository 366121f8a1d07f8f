import { z } from 'zod';
import { givenText } from '@/lib/domain/givenText';
import { parseExactly } from '@/lib/domain/jsonText';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { jsonResponse, withRoute } from '@/lib/http/withRoute';
import { triggerAsCaller } from '@/lib/services/triggerWebhooksForEvent';
import { triggerTurn } from '@/lib/services/turns';

const body = z.strictObject({
  event_type: z.string(),
  payload: z.unknown().optional(), // its absence is refused as payload_not_json
  idempotency_key: givenText().optional(),
});

export const POST = withRoute(
  { role: 'verb', turn: triggerTurn, body, parse: parseExactly },
  async ({ body }) => {
    const { eventId, deliveries } = await triggerAsCaller(body.event_type, body.payload, {
      idempotencyKey: body.idempotency_key,
    });
    return jsonResponse({ event_id: eventId, deliveries }, 202);
  },
);

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
