import { z } from 'zod';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { webhookPath } from '@/lib/http/pathParams';
import { withRoute } from '@/lib/http/withRoute';
import { webhookService } from '@/lib/services/webhookService';

const query = z.object({ range: z.enum(['24h', '7d', '30d']).default('24h') });

export const GET = withRoute({ role: 'admin', ...webhookPath, query }, ({ params, query }) =>
  webhookService.stats(params.webhookId, query.range),
);

export const { POST, PUT, PATCH, DELETE } = methodNotAllowed('GET');
