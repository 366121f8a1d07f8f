import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { webhookService } from '@/lib/services/webhookService';

export const GET = withRoute('GET /api/webhooks', ({ query }) => webhookService.list(query));

export const POST = withRoute('POST /api/webhooks', ({ body }) => webhookService.create(body));

export const { PUT, PATCH, DELETE } = methodNotAllowed('GET', 'POST');
