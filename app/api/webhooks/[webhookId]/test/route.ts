import { z } from 'zod';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { webhookPath } from '@/lib/http/pathParams';
import { withRoute } from '@/lib/http/withRoute';
import { testTurn } from '@/lib/services/turns';
import { webhookService } from '@/lib/services/webhookService';

const body = z.strictObject({ event_type: z.string().optional() });

/** Answers the finished delivery: as long as the webhook's timeout, plus its transform. */
export const POST = withRoute(
  'POST /api/webhooks/{webhookId}/test',
  { role: 'admin', turn: testTurn, ...webhookPath, body },
  ({ params, body }) => webhookService.sendTest(params.webhookId, body.event_type),
);

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
