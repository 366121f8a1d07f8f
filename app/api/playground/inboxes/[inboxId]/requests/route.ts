import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { inboxPath } from '@/lib/http/pathParams';
import { withRoute } from '@/lib/http/withRoute';
import { playgroundService } from '@/lib/services/playgroundService';

export const GET = withRoute(
  'GET /api/playground/inboxes/{inboxId}/requests',
  { role: 'admin', ...inboxPath },
  ({ params }) => playgroundService.listRequests(params.inboxId),
);

export const DELETE = withRoute(
  'DELETE /api/playground/inboxes/{inboxId}/requests',
  { role: 'admin', ...inboxPath },
  ({ params }) => playgroundService.clearRequests(params.inboxId),
);

export const { POST, PUT, PATCH } = methodNotAllowed('GET', 'DELETE');
