import { askedTriggerSchema } from '@/lib/domain/askedTrigger';
import { parseExactly } from '@/lib/domain/jsonText';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { jsonResponse, withRoute } from '@/lib/http/withRoute';
import { triggerAsCaller } from '@/lib/services/triggerWebhooksForEvent';
import { triggerTurn } from '@/lib/services/turns';

export const POST = withRoute(
  { role: 'verb', turn: triggerTurn, body: askedTriggerSchema, parse: parseExactly },
  async ({ body }) => jsonResponse(await triggerAsCaller(body), 202),
);

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
