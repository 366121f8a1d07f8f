import { requestOrigin } from '@/lib/domain/requestOrigin';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { listenerService } from '@/lib/services/listenerService';

export const POST = withRoute('POST /api/playground/listeners', ({ request, body }) =>
  listenerService.start(body, requestOrigin(request)),
);

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
