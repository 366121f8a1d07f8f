import { z } from 'zod';
import { mostNames } from '@/lib/domain/webhookNames';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { webhookService } from '@/lib/services/webhookService';

const query = z.object({
  /** With commas between. */
  ids: z
    .string()
    .transform((text) => [...new Set(text.split(','))])
    .pipe(z.array(z.uuid()).max(mostNames)),
});

export const GET = withRoute('GET /api/webhooks/names', { role: 'admin', query }, ({ query }) =>
  webhookService.names(query.ids),
);

export const { POST, PUT, PATCH, DELETE } = methodNotAllowed('GET');
