import { alertInputSchema } from '@/lib/domain/alert';
import { urlPolicy } from '@/lib/env';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { alertService } from '@/lib/services/alertService';

export const GET = withRoute('GET /api/alerts', { role: 'admin' }, () => alertService.list());

export const POST = withRoute(
  'POST /api/alerts',
  { role: 'admin', body: () => alertInputSchema(urlPolicy()) },
  ({ body }) => alertService.create(body),
);

export const { PUT, PATCH, DELETE } = methodNotAllowed('GET', 'POST');
