import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { alertService } from '@/lib/services/alertService';

export const GET = withRoute('GET /api/alerts', () => alertService.list());

export const POST = withRoute('POST /api/alerts', ({ body }) => alertService.create(body));

export const { PUT, PATCH, DELETE } = methodNotAllowed('GET', 'POST');
