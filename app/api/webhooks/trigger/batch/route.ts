import { parseExactly } from '@/lib/domain/jsonText';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { problemOf } from '@/lib/http/problem';
import { readJson } from '@/lib/http/readJson';
import { withRoute } from '@/lib/http/withRoute';
import { triggerEachAsCaller } from '@/lib/services/triggerWebhooksForEvent';
import { triggerTurn } from '@/lib/services/turns';

export const POST = withRoute(
  'POST /api/webhooks/trigger/batch',
  async ({ body }) => {
    const outcomes = await triggerEachAsCaller(body.events);
    const results = outcomes.map((outcome) => (outcome instanceof Error ? problemOf(outcome) : outcome));
    return { results };
  },
  {
    turn: triggerTurn,
    turns: ({ events }) => events.length,
    read: (request) => readJson(request, parseExactly),
  },
);

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
