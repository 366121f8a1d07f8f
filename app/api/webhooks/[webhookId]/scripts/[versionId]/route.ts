import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { scriptService } from '@/lib/services/scriptService';

export const GET = withRoute('GET /api/webhooks/{webhookId}/scripts/{versionId}', ({ params, caller }) =>
  scriptService.version(params.webhookId, params.versionId, caller.user_id),
);

export const { POST, PUT, PATCH, DELETE } = methodNotAllowed('GET');
