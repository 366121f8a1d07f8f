import { inboxPatchSchema } from '@/lib/domain/playground';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { inboxPath } from '@/lib/http/pathParams';
import { withRoute } from '@/lib/http/withRoute';
import { playgroundService } from '@/lib/services/playgroundService';

export const PATCH = withRoute(
  'PATCH /api/playground/inboxes/{inboxId}',
  { role: 'admin', ...inboxPath, body: inboxPatchSchema },
  ({ params, body }) => playgroundService.updateInbox(params.inboxId, body),
);

export const DELETE = withRoute(
  'DELETE /api/playground/inboxes/{inboxId}',
  { role: 'admin', ...inboxPath },
  ({ params }) => playgroundService.removeInbox(params.inboxId),
);

export const { GET, POST, PUT } = methodNotAllowed('PATCH', 'DELETE');
