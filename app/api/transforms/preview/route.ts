import type { PreviewInput } from '@/lib/domain/transformPreview';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { previewTransform } from '@/lib/services/transformService';
import { previewTurn } from '@/lib/services/turns';

const sourceOf = ({ delivery_id, event_id, payload, event_type }: PreviewInput) => {
  if (delivery_id) return { deliveryId: delivery_id };
  return event_id ? { eventId: event_id } : { payload, eventType: event_type };
};

export const POST = withRoute(
  'POST /api/transforms/preview',
  ({ body, caller }) => previewTransform(body.script, sourceOf(body), caller.user_id),
  { turn: previewTurn },
);

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
