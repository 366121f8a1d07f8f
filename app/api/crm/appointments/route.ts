import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { crmService } from '@/lib/services/crmService';

export const GET = withRoute('GET /api/crm/appointments', ({ query }) => crmService.listAppointments(query));

export const POST = withRoute('POST /api/crm/appointments', ({ body }) => crmService.createAppointment(body));

export const { PUT, PATCH, DELETE } = methodNotAllowed('GET', 'POST');
