import { type Webhook, webhookPatchSchema } from '@/lib/domain/webhook';
import { urlPolicy } from '@/lib/env';
import { entityTag, requiredVersions } from '@/lib/http/entityTag';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { webhookPath } from '@/lib/http/pathParams';
import { withRoute } from '@/lib/http/withRoute';
import { webhookService } from '@/lib/services/webhookService';

/** With `If-Match`, a change is made only to what its author has seen. */
const headers = ({ version }: Webhook) => ({ etag: entityTag(version) });

export const GET = withRoute(
  'GET /api/webhooks/{webhookId}',
  { role: 'admin', ...webhookPath, headers },
  ({ params }) => webhookService.get(params.webhookId),
);

export const PATCH = withRoute(
  'PATCH /api/webhooks/{webhookId}',
  { role: 'admin', ...webhookPath, body: () => webhookPatchSchema(urlPolicy()), headers },
  ({ params, body, request }) => webhookService.update(params.webhookId, body, requiredVersions(request)),
);

export const DELETE = withRoute(
  'DELETE /api/webhooks/{webhookId}',
  { role: 'admin', ...webhookPath },
  ({ params }) => webhookService.remove(params.webhookId),
);

export const { POST, PUT } = methodNotAllowed('GET', 'PATCH', 'DELETE');
