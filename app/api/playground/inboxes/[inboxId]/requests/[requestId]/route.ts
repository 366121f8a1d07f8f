import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { playgroundService } from '@/lib/services/playgroundService';

export const GET = withRoute('GET /api/playground/inboxes/{inboxId}/requests/{requestId}', ({ params }) =>
  playgroundService.getRequest(params.inboxId, params.requestId),
);

export const { POST, PUT, PATCH, DELETE } = methodNotAllowed('GET');
