import { webhookPatchSchema } from '@/lib/domain/webhook';
import { urlPolicy } from '@/lib/env';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { webhookPath } from '@/lib/http/pathParams';
import { withRoute } from '@/lib/http/withRoute';
import { webhookService } from '@/lib/services/webhookService';

export const GET = withRoute({ role: 'admin', ...webhookPath }, ({ params }) =>
  webhookService.get(params.webhookId),
);

export const PATCH = withRoute(
  { role: 'admin', ...webhookPath, body: () => webhookPatchSchema(urlPolicy()) },
  ({ params, body }) => webhookService.update(params.webhookId, body),
);

export const DELETE = withRoute({ role: 'admin', ...webhookPath }, async ({ params }) => {
  await webhookService.remove(params.webhookId);
  return new Response(null, { status: 204 });
});

export const { POST, PUT } = methodNotAllowed('GET', 'PATCH', 'DELETE');
