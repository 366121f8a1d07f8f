import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { listenerService } from '@/lib/services/listenerService';

export const GET = withRoute('GET /api/playground/listeners/{inboxId}/requests', ({ params, query }) =>
  listenerService.requests(params.inboxId, query.since),
);

export const { POST, PUT, PATCH, DELETE } = methodNotAllowed('GET');
