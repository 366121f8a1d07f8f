import { listenedQuerySchema } from '@/lib/domain/listener';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { inboxPath } from '@/lib/http/pathParams';
import { withRoute } from '@/lib/http/withRoute';
import { listenerService } from '@/lib/services/listenerService';

export const GET = withRoute(
  'GET /api/playground/listeners/{inboxId}/requests',
  { role: 'admin', ...inboxPath, query: listenedQuerySchema },
  ({ params, query }) => listenerService.requests(params.inboxId, query.since),
);

export const { POST, PUT, PATCH, DELETE } = methodNotAllowed('GET');
