import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { inboxPath } from '@/lib/http/pathParams';
import { withRoute } from '@/lib/http/withRoute';
import { playgroundService } from '@/lib/services/playgroundService';

export const GET = withRoute({ role: 'admin', ...inboxPath }, ({ params }) =>
  playgroundService.listRequests(params.inboxId),
);

export const DELETE = withRoute({ role: 'admin', ...inboxPath }, async ({ params }) => {
  await playgroundService.clearRequests(params.inboxId);
  return new Response(null, { status: 204 });
});

export const { POST, PUT, PATCH } = methodNotAllowed('GET', 'DELETE');
