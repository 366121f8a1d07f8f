import { inboxPatchSchema } from '@/lib/domain/playground';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { inboxPath } from '@/lib/http/pathParams';
import { withRoute } from '@/lib/http/withRoute';
import { playgroundService } from '@/lib/services/playgroundService';

export const PATCH = withRoute({ role: 'admin', ...inboxPath, body: inboxPatchSchema }, ({ params, body }) =>
  playgroundService.updateInbox(params.inboxId, body),
);

export const DELETE = withRoute({ role: 'admin', ...inboxPath }, async ({ params }) => {
  await playgroundService.removeInbox(params.inboxId);
  return new Response(null, { status: 204 });
});

export const { GET, POST, PUT } = methodNotAllowed('PATCH', 'DELETE');
