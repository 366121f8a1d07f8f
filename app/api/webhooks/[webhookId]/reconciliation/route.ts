import { reconciliationQuerySchema } from '@/lib/domain/reconciliation';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { webhookPath } from '@/lib/http/pathParams';
import { withRoute } from '@/lib/http/withRoute';
import { journalService } from '@/lib/services/journalService';

export const GET = withRoute(
  'GET /api/webhooks/{webhookId}/reconciliation',
  { role: 'admin', ...webhookPath, query: reconciliationQuerySchema },
  ({ params, query }) => journalService.reconcile(params.webhookId, query),
);

export const { POST, PUT, PATCH, DELETE } = methodNotAllowed('GET');
