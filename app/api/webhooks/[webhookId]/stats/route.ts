import { statsQuerySchema } from '@/lib/domain/statisticsSchema';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { webhookPath } from '@/lib/http/pathParams';
import { withRoute } from '@/lib/http/withRoute';
import { webhookService } from '@/lib/services/webhookService';

export const GET = withRoute(
  'GET /api/webhooks/{webhookId}/stats',
  { role: 'admin', ...webhookPath, query: statsQuerySchema },
  ({ params, query }) => webhookService.stats(params.webhookId, query),
);

export const { POST, PUT, PATCH, DELETE } = methodNotAllowed('GET');
