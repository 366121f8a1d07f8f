import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { scriptService } from '@/lib/services/scriptService';

export const GET = withRoute('GET /api/webhooks/{webhookId}/scripts', ({ params, query, caller }) =>
  scriptService.versions(params.webhookId, caller.user_id, query),
);

export const { POST, PUT, PATCH, DELETE } = methodNotAllowed('GET');
