import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { webhookService } from '@/lib/services/webhookService';

/** Takes everything that waits for the webhook out of the queue, in the background. */
export const POST = withRoute('POST /api/webhooks/{webhookId}/cancel', ({ params }) =>
  webhookService.cancelWaiting(params.webhookId),
);

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
