import { z } from 'zod';
import { givenText } from '@/lib/domain/givenText';
import { pageQuery } from '@/lib/domain/page';
import { webhookInputSchema } from '@/lib/domain/webhook';
import { urlPolicy } from '@/lib/env';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { jsonResponse, withRoute } from '@/lib/http/withRoute';
import { webhookService } from '@/lib/services/webhookService';

const query = z.object({ ...pageQuery, q: givenText().trim().max(200).optional() });

export const GET = withRoute({ role: 'admin', query }, ({ query }) => webhookService.list(query));

export const POST = withRoute(
  { role: 'admin', body: () => webhookInputSchema(urlPolicy()) },
  async ({ body }) => jsonResponse(await webhookService.create(body), 201),
);

export const { PUT, PATCH, DELETE } = methodNotAllowed('GET', 'POST');
