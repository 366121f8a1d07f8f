import { z } from 'zod';
import { givenText } from '@/lib/domain/givenText';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { webhookPath } from '@/lib/http/pathParams';
import { withRoute } from '@/lib/http/withRoute';
import { scriptService } from '@/lib/services/scriptService';

export const GET = withRoute(
  'GET /api/webhooks/{webhookId}/scripts/draft',
  { role: 'admin', ...webhookPath },
  ({ params, caller }) => scriptService.draft(params.webhookId, caller.user_id),
);

const body = z.strictObject({
  script: givenText('script_missing').refine((script) => script.trim() !== '', 'script_missing'),
});

export const PUT = withRoute(
  'PUT /api/webhooks/{webhookId}/scripts/draft',
  { role: 'admin', ...webhookPath, body },
  ({ params, body, caller }) => scriptService.saveDraft(params.webhookId, body.script, caller.user_id),
);

export const DELETE = withRoute(
  'DELETE /api/webhooks/{webhookId}/scripts/draft',
  { role: 'admin', ...webhookPath, query: z.object({ id: z.uuid() }) },
  ({ params, query }) => scriptService.discardDraft(params.webhookId, query.id),
);

export const { POST, PATCH } = methodNotAllowed('GET', 'PUT', 'DELETE');
