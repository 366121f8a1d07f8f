import { z } from 'zod';
import { pageQuery } from '@/lib/domain/page';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { webhookPath } from '@/lib/http/pathParams';
import { withRoute } from '@/lib/http/withRoute';
import { scriptService } from '@/lib/services/scriptService';

export const GET = withRoute(
  'GET /api/webhooks/{webhookId}/scripts',
  { role: 'admin', ...webhookPath, query: z.object(pageQuery) },
  ({ params, query, caller }) => scriptService.versions(params.webhookId, caller.user_id, query),
);

export const { POST, PUT, PATCH, DELETE } = methodNotAllowed('GET');
