import { appointmentPatchSchema } from '@/lib/domain/crm';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { crmPath } from '@/lib/http/pathParams';
import { withRoute } from '@/lib/http/withRoute';
import { crmService } from '@/lib/services/crmService';

export const PATCH = withRoute(
  'PATCH /api/crm/appointments/{id}',
  { role: 'member', ...crmPath, body: appointmentPatchSchema },
  ({ params, body }) => crmService.updateAppointment(params.id, body),
);

export const { GET, POST, PUT, DELETE } = methodNotAllowed('PATCH');
