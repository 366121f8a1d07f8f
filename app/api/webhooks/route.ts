import { pageQuery } from '@/lib/domain/page';
import { webhookInputSchema } from '@/lib/domain/webhook';
import { webhookListQuerySchema } from '@/lib/domain/webhookPage';
import { urlPolicy } from '@/lib/env';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { webhookService } from '@/lib/services/webhookService';

const query = webhookListQuerySchema.extend(pageQuery);

export const GET = withRoute('GET /api/webhooks', { role: 'admin', query }, ({ query }) =>
  webhookService.list(query),
);

export const POST = withRoute(
  'POST /api/webhooks',
  { role: 'admin', body: () => webhookInputSchema(urlPolicy()) },
  ({ body }) => webhookService.create(body),
);

export const { PUT, PATCH, DELETE } = methodNotAllowed('GET', 'POST');
