import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { scriptService } from '@/lib/services/scriptService';

export const GET = withRoute('GET /api/webhooks/{webhookId}/scripts/draft', ({ params, caller }) =>
  scriptService.draft(params.webhookId, caller.user_id),
);

export const PUT = withRoute('PUT /api/webhooks/{webhookId}/scripts/draft', ({ params, body, caller }) =>
  scriptService.saveDraft(params.webhookId, body.script, caller.user_id),
);

export const DELETE = withRoute('DELETE /api/webhooks/{webhookId}/scripts/draft', ({ params, query }) =>
  scriptService.discardDraft(params.webhookId, query.id),
);

export const { POST, PATCH } = methodNotAllowed('GET', 'PUT', 'DELETE');
