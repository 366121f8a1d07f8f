import { appointmentCancelSchema } from '@/lib/domain/crm';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { crmPath } from '@/lib/http/pathParams';
import { withRoute } from '@/lib/http/withRoute';
import { crmService } from '@/lib/services/crmService';
import { webhookService } from '@/lib/services/webhookService';

export const POST = withRoute(
  { role: 'member', ...crmPath, body: appointmentCancelSchema },
  async ({ params, body }) => {
    const { appointment, cancelled } = await crmService.cancelAppointment(params.id, body.motif);
    if (!cancelled) return { appointment, deliveries: null };
    const { deliveries } = await webhookService.triggerWebhooksForEvent('appointment.cancelled', {
      id: appointment.id,
      motif: appointment.motif,
      annule_le: new Date().toISOString(),
    });
    return { appointment, deliveries };
  },
);

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
