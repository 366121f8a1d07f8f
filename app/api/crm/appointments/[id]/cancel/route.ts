import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { crmService } from '@/lib/services/crmService';

export const POST = withRoute('POST /api/crm/appointments/{id}/cancel', ({ params, body }) =>
  crmService.cancelAppointment(params.id, body.motif),
);

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
