import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { eventTypeService } from '@/lib/services/eventTypeService';

export const GET = withRoute('GET /api/event-types', () => eventTypeService.list());

export const POST = withRoute('POST /api/event-types', ({ body }) => eventTypeService.create(body));

export const { PUT, PATCH, DELETE } = methodNotAllowed('GET', 'POST');
