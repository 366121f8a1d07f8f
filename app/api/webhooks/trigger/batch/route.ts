import { z } from 'zod';
import { parseExactly } from '@/lib/domain/jsonText';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { problemOf } from '@/lib/http/problem';
import { withRoute } from '@/lib/http/withRoute';
import { triggerEachAsCaller } from '@/lib/services/triggerWebhooksForEvent';
import { triggerTurn } from '@/lib/services/turns';

/** Each event is looked at by itself. */
const body = z.strictObject({ events: z.array(z.unknown()).min(1).max(1000) });

export const POST = withRoute(
  'POST /api/webhooks/trigger/batch',
  { role: 'verb', turn: triggerTurn, turns: ({ events }) => events.length, body, parse: parseExactly },
  async ({ body }) => {
    const outcomes = await triggerEachAsCaller(body.events);
    const results = outcomes.map((outcome) => (outcome instanceof Error ? problemOf(outcome) : outcome));
    return { results };
  },
);

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
