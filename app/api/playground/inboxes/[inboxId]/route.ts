import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { playgroundService } from '@/lib/services/playgroundService';

export const PATCH = withRoute('PATCH /api/playground/inboxes/{inboxId}', ({ params, body }) =>
  playgroundService.updateInbox(params.inboxId, body),
);

export const DELETE = withRoute('DELETE /api/playground/inboxes/{inboxId}', ({ params }) =>
  playgroundService.removeInbox(params.inboxId),
);

export const { GET, POST, PUT } = methodNotAllowed('PATCH', 'DELETE');
