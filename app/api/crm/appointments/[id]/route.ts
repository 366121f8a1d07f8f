import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { crmService } from '@/lib/services/crmService';

export const PATCH = withRoute('PATCH /api/crm/appointments/{id}', ({ params, body }) =>
  crmService.updateAppointment(params.id, body),
);

export const { GET, POST, PUT, DELETE } = methodNotAllowed('PATCH');
