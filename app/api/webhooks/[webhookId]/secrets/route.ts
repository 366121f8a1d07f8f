import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { webhookPath } from '@/lib/http/pathParams';
import { withRoute } from '@/lib/http/withRoute';
import { webhookService } from '@/lib/services/webhookService';

export const GET = withRoute(
  'GET /api/webhooks/{webhookId}/secrets',
  { role: 'admin', ...webhookPath },
  ({ params }) => webhookService.revealSecrets(params.webhookId),
);

export const { POST, PUT, PATCH, DELETE } = methodNotAllowed('GET');
