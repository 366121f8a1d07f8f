import { appointmentCancelSchema } from '@/lib/domain/crm';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { crmPath } from '@/lib/http/pathParams';
import { withRoute } from '@/lib/http/withRoute';
import { crmService } from '@/lib/services/crmService';
import { deliveriesOf } from '@/lib/services/deliveriesOf';

export const POST = withRoute(
  { role: 'member', ...crmPath, body: appointmentCancelSchema },
  async ({ params, body }) => {
    const { appointment, cancelled } = await crmService.cancelAppointment(params.id, body.motif);
    if (!cancelled) return { appointment, changed: false, deliveries: null };
    const deliveries = await deliveriesOf('appointment.cancelled', {
      id: appointment.id,
      motif: appointment.motif,
      annule_le: new Date().toISOString(),
    });
    return { appointment, changed: true, deliveries };
  },
);

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
