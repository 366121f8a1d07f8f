import { parseExactly } from '@/lib/domain/jsonText';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { readJson } from '@/lib/http/readJson';
import { withRoute } from '@/lib/http/withRoute';
import { triggerAsCaller } from '@/lib/services/triggerWebhooksForEvent';
import { triggerTurn } from '@/lib/services/turns';

export const POST = withRoute('POST /api/webhooks/trigger', ({ body }) => triggerAsCaller(body), {
  turn: triggerTurn,
  read: (request) => readJson(request, parseExactly),
});

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
