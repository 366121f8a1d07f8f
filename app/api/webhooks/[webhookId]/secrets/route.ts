import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { webhookService } from '@/lib/services/webhookService';

export const GET = withRoute('GET /api/webhooks/{webhookId}/secrets', ({ params }) =>
  webhookService.revealSecrets(params.webhookId),
);

export const { POST, PUT, PATCH, DELETE } = methodNotAllowed('GET');
