import { eventTypeInputSchema } from '@/lib/domain/eventType';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { jsonResponse, withRoute } from '@/lib/http/withRoute';
import { eventTypeService } from '@/lib/services/eventTypeService';

export const GET = withRoute({ role: 'member' }, () => eventTypeService.list());

export const POST = withRoute({ role: 'admin', body: eventTypeInputSchema }, async ({ body }) =>
  jsonResponse(await eventTypeService.create(body), 201),
);

export const { PUT, PATCH, DELETE } = methodNotAllowed('GET', 'POST');
