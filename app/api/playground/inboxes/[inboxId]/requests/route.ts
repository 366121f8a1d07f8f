import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { playgroundService } from '@/lib/services/playgroundService';

export const GET = withRoute('GET /api/playground/inboxes/{inboxId}/requests', ({ params }) =>
  playgroundService.listRequests(params.inboxId),
);

export const DELETE = withRoute('DELETE /api/playground/inboxes/{inboxId}/requests', ({ params }) =>
  playgroundService.clearRequests(params.inboxId),
);

export const { POST, PUT, PATCH } = methodNotAllowed('GET', 'DELETE');
