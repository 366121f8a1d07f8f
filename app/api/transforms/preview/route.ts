import { z } from 'zod';
import { testEventType } from '@/lib/domain/eventTypes';
import { isShallow } from '@/lib/domain/payloadJson';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { previewTransform } from '@/lib/services/transformService';
import { previewTurn } from '@/lib/services/turns';

const body = z
  .strictObject({
    script: z.string('script_missing'),
    // Parsed from JSON; a schema that follows it down would run out of stack.
    payload: z.unknown().refine(isShallow, 'payload_too_deep').optional(),
    event_type: z.string().max(64, 'text_too_long').default(testEventType),
    delivery_id: z.uuid().optional(),
    event_id: z.uuid().optional(),
  })
  .refine(
    ({ payload, delivery_id, event_id }) =>
      [payload, delivery_id, event_id].filter((source) => source !== undefined).length === 1,
    'preview_source',
  );

const sourceOf = ({ delivery_id, event_id, payload, event_type }: z.output<typeof body>) => {
  if (delivery_id) return { deliveryId: delivery_id };
  return event_id ? { eventId: event_id } : { payload, eventType: event_type };
};

export const POST = withRoute(
  'POST /api/transforms/preview',
  { role: 'admin', turn: previewTurn, body },
  ({ body, caller }) => previewTransform(body.script, sourceOf(body), caller.user_id),
);

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
