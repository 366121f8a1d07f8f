import { askedTriggerSchema } from '@/lib/domain/askedTrigger';
import { parseExactly } from '@/lib/domain/jsonText';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { triggerAsCaller } from '@/lib/services/triggerWebhooksForEvent';
import { triggerTurn } from '@/lib/services/turns';

export const POST = withRoute(
  'POST /api/webhooks/trigger',
  { role: 'verb', turn: triggerTurn, body: askedTriggerSchema, parse: parseExactly },
  ({ body }) => triggerAsCaller(body),
);

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
