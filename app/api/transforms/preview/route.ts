import { z } from 'zod';
import { testEventType } from '@/lib/domain/eventTypes';
import { withRoute } from '@/lib/http/withRoute';
import { previewTransform } from '@/lib/services/transformService';

const script = z.string();
const body = z.union([
  z.strictObject({ script, delivery_id: z.uuid() }),
  z.strictObject({ script, payload: z.json(), event_type: z.string().default(testEventType) }),
]);

export const POST = withRoute({ role: 'admin', body }, ({ body, caller }) =>
  previewTransform(
    body.script,
    'delivery_id' in body
      ? { deliveryId: body.delivery_id }
      : { payload: body.payload, eventType: body.event_type },
    caller?.user_id ?? '',
  ),
);
