import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { eventTypeService } from '@/lib/services/eventTypeService';

export const GET = withRoute('GET /api/event-types/{name}', ({ params }) =>
  eventTypeService.get(params.name),
);

export const PATCH = withRoute('PATCH /api/event-types/{name}', ({ params, body }) =>
  eventTypeService.update(params.name, body),
);

export const DELETE = withRoute('DELETE /api/event-types/{name}', ({ params }) =>
  eventTypeService.deprecate(params.name),
);

export const { POST, PUT } = methodNotAllowed('GET', 'PATCH', 'DELETE');
