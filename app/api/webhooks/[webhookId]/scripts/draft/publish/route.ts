import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { scriptService } from '@/lib/services/scriptService';

/** Names the draft that was looked at: somebody may have saved another one since. */
export const POST = withRoute('POST /api/webhooks/{webhookId}/scripts/draft/publish', ({ params, body }) =>
  scriptService.publishDraft(params.webhookId, body.id),
);

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
