import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { scriptService } from '@/lib/services/scriptService';

export const POST = withRoute(
  'POST /api/webhooks/{webhookId}/scripts/{versionId}/restore',
  ({ params, caller }) => scriptService.restore(params.webhookId, params.versionId, caller.user_id),
);

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
