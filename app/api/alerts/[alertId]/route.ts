import { alertPatchSchema } from '@/lib/domain/alert';
import { urlPolicy } from '@/lib/env';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { alertPath } from '@/lib/http/pathParams';
import { withRoute } from '@/lib/http/withRoute';
import { alertService } from '@/lib/services/alertService';

export const GET = withRoute('GET /api/alerts/{alertId}', { role: 'admin', ...alertPath }, ({ params }) =>
  alertService.get(params.alertId),
);

export const PATCH = withRoute(
  'PATCH /api/alerts/{alertId}',
  { role: 'admin', ...alertPath, body: () => alertPatchSchema(urlPolicy()) },
  ({ params, body }) => alertService.update(params.alertId, body),
);

export const DELETE = withRoute(
  'DELETE /api/alerts/{alertId}',
  { role: 'admin', ...alertPath },
  ({ params }) => alertService.remove(params.alertId),
);

export const { POST, PUT } = methodNotAllowed('GET', 'PATCH', 'DELETE');
