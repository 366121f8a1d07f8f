import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { webhookService } from '@/lib/services/webhookService';

export const POST = withRoute('POST /api/webhooks/{webhookId}/secrets/rotate', ({ params, body }) =>
  webhookService.rotateSecret(params.webhookId, body.secret),
);

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
