import { appointmentPatchSchema } from '@/lib/domain/crm';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { crmPath } from '@/lib/http/pathParams';
import { withRoute } from '@/lib/http/withRoute';
import { crmService } from '@/lib/services/crmService';
import { deliveriesOf } from '@/lib/services/deliveriesOf';

export const PATCH = withRoute(
  { role: 'member', ...crmPath, body: appointmentPatchSchema },
  async ({ params, body }) => {
    const { appointment, changes } = await crmService.updateAppointment(params.id, body);
    if (Object.keys(changes).length === 0) return { appointment, changed: false, deliveries: null };
    const deliveries = await deliveriesOf('appointment.updated', {
      id: appointment.id,
      changes,
    });
    return { appointment, changed: true, deliveries };
  },
);

export const { GET, POST, PUT, DELETE } = methodNotAllowed('PATCH');
