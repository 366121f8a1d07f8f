import { type Webhook, webhookPatchSchema } from '@/lib/domain/webhook';
import { urlPolicy } from '@/lib/env';
import { entityTag, requiredVersions } from '@/lib/http/entityTag';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { webhookPath } from '@/lib/http/pathParams';
import { jsonResponse, withRoute } from '@/lib/http/withRoute';
import { webhookService } from '@/lib/services/webhookService';

export const GET = withRoute({ role: 'admin', ...webhookPath }, async ({ params }) =>
  tagged(await webhookService.get(params.webhookId)),
);

export const PATCH = withRoute(
  { role: 'admin', ...webhookPath, body: () => webhookPatchSchema(urlPolicy()) },
  async ({ params, body, request }) =>
    tagged(await webhookService.update(params.webhookId, body, requiredVersions(request))),
);

export const DELETE = withRoute({ role: 'admin', ...webhookPath }, async ({ params }) => {
  await webhookService.remove(params.webhookId);
  return new Response(null, { status: 204 });
});

/** With `If-Match`, a change is made only to what its author has seen. */
function tagged(webhook: Webhook): Response {
  const response = jsonResponse(webhook);
  response.headers.set('etag', entityTag(webhook.version));
  return response;
}

export const { POST, PUT } = methodNotAllowed('GET', 'PATCH', 'DELETE');
