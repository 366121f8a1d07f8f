import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { alertService } from '@/lib/services/alertService';

export const GET = withRoute('GET /api/alerts/{alertId}', ({ params }) => alertService.get(params.alertId));

export const PATCH = withRoute('PATCH /api/alerts/{alertId}', ({ params, body }) =>
  alertService.update(params.alertId, body),
);

export const DELETE = withRoute('DELETE /api/alerts/{alertId}', ({ params }) =>
  alertService.remove(params.alertId),
);

export const { POST, PUT } = methodNotAllowed('GET', 'PATCH', 'DELETE');
