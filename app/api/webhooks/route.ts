import { z } from 'zod';
import { givenText } from '@/lib/domain/givenText';
import { pageQuery } from '@/lib/domain/page';
import { webhookInputSchema } from '@/lib/domain/webhook';
import { urlPolicy } from '@/lib/env';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { webhookService } from '@/lib/services/webhookService';

const query = z.object({ ...pageQuery, q: givenText().trim().max(200).optional() });

export const GET = withRoute('GET /api/webhooks', { role: 'admin', query }, ({ query }) =>
  webhookService.list(query),
);

export const POST = withRoute(
  'POST /api/webhooks',
  { role: 'admin', body: () => webhookInputSchema(urlPolicy()) },
  ({ body }) => webhookService.create(body),
);

export const { PUT, PATCH, DELETE } = methodNotAllowed('GET', 'POST');
