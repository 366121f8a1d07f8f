import { appointmentCancelSchema } from '@/lib/domain/crm';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { crmPath } from '@/lib/http/pathParams';
import { withRoute } from '@/lib/http/withRoute';
import { crmService } from '@/lib/services/crmService';

export const POST = withRoute(
  'POST /api/crm/appointments/{id}/cancel',
  { role: 'member', ...crmPath, body: appointmentCancelSchema },
  ({ params, body }) => crmService.cancelAppointment(params.id, body.motif),
);

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
