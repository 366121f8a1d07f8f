import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { testTurn } from '@/lib/services/turns';
import { webhookService } from '@/lib/services/webhookService';

export const POST = withRoute('POST /api/webhooks/probe', ({ body }) => webhookService.probe(body.url), {
  turn: testTurn,
});

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
