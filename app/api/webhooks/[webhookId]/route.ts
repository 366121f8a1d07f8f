import type { Webhook } from '@/lib/domain/webhook';
import { entityTag, requiredVersions } from '@/lib/http/entityTag';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { webhookService } from '@/lib/services/webhookService';

/** With `If-Match`, a change is made only to what its author has seen. */
const headers = ({ version }: Webhook) => ({ etag: entityTag(version) });

export const GET = withRoute(
  'GET /api/webhooks/{webhookId}',
  ({ params }) => webhookService.get(params.webhookId),
  { headers },
);

export const PATCH = withRoute(
  'PATCH /api/webhooks/{webhookId}',
  ({ params, body, request }) => webhookService.update(params.webhookId, body, requiredVersions(request)),
  { headers },
);

export const DELETE = withRoute('DELETE /api/webhooks/{webhookId}', ({ params }) =>
  webhookService.remove(params.webhookId),
);

export const { POST, PUT } = methodNotAllowed('GET', 'PATCH', 'DELETE');
