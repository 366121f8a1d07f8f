import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { webhookPath } from '@/lib/http/pathParams';
import { jsonResponse, withRoute } from '@/lib/http/withRoute';
import { webhookService } from '@/lib/services/webhookService';

/** Takes everything that waits for the webhook out of the queue, in the background. */
export const POST = withRoute({ role: 'admin', ...webhookPath }, async ({ params }) =>
  jsonResponse(await webhookService.cancelWaiting(params.webhookId), 202),
);

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
