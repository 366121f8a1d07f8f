import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { journalService } from '@/lib/services/journalService';

export const GET = withRoute('GET /api/webhooks/{webhookId}/reconciliation', ({ params, query }) =>
  journalService.reconcile(params.webhookId, query),
);

export const { POST, PUT, PATCH, DELETE } = methodNotAllowed('GET');
