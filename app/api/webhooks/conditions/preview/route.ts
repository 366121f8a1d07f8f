import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { previewTurn } from '@/lib/services/turns';
import { webhookService } from '@/lib/services/webhookService';

export const POST = withRoute(
  'POST /api/webhooks/conditions/preview',
  ({ body }) => webhookService.previewConditions(body),
  { turn: previewTurn },
);

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
