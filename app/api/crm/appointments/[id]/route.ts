import { appointmentPatchSchema } from '@/lib/domain/crm';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { crmPath } from '@/lib/http/pathParams';
import { withRoute } from '@/lib/http/withRoute';
import { crmService } from '@/lib/services/crmService';
import { webhookService } from '@/lib/services/webhookService';

export const PATCH = withRoute(
  { role: 'member', ...crmPath, body: appointmentPatchSchema },
  async ({ params, body }) => {
    const { appointment, changes } = await crmService.updateAppointment(params.id, body);
    if (Object.keys(changes).length === 0) return { appointment, deliveries: null };
    const { deliveries } = await webhookService.triggerWebhooksForEvent('appointment.updated', {
      id: appointment.id,
      changes,
    });
    return { appointment, deliveries };
  },
);

export const { GET, POST, PUT, DELETE } = methodNotAllowed('PATCH');
