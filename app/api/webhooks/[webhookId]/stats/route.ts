import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { webhookService } from '@/lib/services/webhookService';

export const GET = withRoute('GET /api/webhooks/{webhookId}/stats', ({ params, query }) =>
  webhookService.stats(params.webhookId, query),
);

export const { POST, PUT, PATCH, DELETE } = methodNotAllowed('GET');
