import { z } from 'zod';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { webhookPath } from '@/lib/http/pathParams';
import { withRoute } from '@/lib/http/withRoute';
import { webhookService } from '@/lib/services/webhookService';

const body = z.strictObject({ secret: z.enum(['signing_secret', 'secret_key']).default('signing_secret') });

export const POST = withRoute(
  'POST /api/webhooks/{webhookId}/secrets/rotate',
  { role: 'admin', ...webhookPath, body },
  ({ params, body }) => webhookService.rotateSecret(params.webhookId, body.secret),
);

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
