import { z } from 'zod';
import { targetUrlSchema } from '@/lib/domain/targetUrl';
import { urlPolicy } from '@/lib/env';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { testTurn } from '@/lib/services/turns';
import { webhookService } from '@/lib/services/webhookService';

const body = () => z.strictObject({ url: targetUrlSchema(urlPolicy()) });

export const POST = withRoute(
  'POST /api/webhooks/probe',
  { role: 'admin', turn: testTurn, body },
  ({ body }) => webhookService.probe(body.url),
);

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
