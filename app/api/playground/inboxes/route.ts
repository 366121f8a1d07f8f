import { inboxInputSchema } from '@/lib/domain/playground';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { requestOrigin } from '@/lib/http/requestOrigin';
import { jsonResponse, withRoute } from '@/lib/http/withRoute';
import { playgroundService } from '@/lib/services/playgroundService';

export const GET = withRoute({ role: 'admin' }, ({ request }) =>
  playgroundService.listInboxes(requestOrigin(request)),
);

export const POST = withRoute({ role: 'admin', body: inboxInputSchema }, async ({ request, body }) =>
  jsonResponse(await playgroundService.createInbox(body, requestOrigin(request)), 201),
);

export const { PUT, PATCH, DELETE } = methodNotAllowed('GET', 'POST');
