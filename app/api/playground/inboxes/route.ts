import { requestOrigin } from '@/lib/domain/requestOrigin';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { playgroundService } from '@/lib/services/playgroundService';

export const GET = withRoute('GET /api/playground/inboxes', ({ request }) =>
  playgroundService.listInboxes(requestOrigin(request)),
);

export const POST = withRoute('POST /api/playground/inboxes', ({ request, body }) =>
  playgroundService.createInbox(body, requestOrigin(request)),
);

export const { PUT, PATCH, DELETE } = methodNotAllowed('GET', 'POST');
