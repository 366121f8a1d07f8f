import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { testTurn } from '@/lib/services/turns';
import { webhookService } from '@/lib/services/webhookService';

/** Answers the finished delivery: as long as the webhook's timeout, plus its transform. */
export const POST = withRoute(
  'POST /api/webhooks/{webhookId}/test',
  ({ params, body }) => webhookService.sendTest(params.webhookId, body.event_type),
  { turn: testTurn },
);

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
