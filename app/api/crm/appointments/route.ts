import { z } from 'zod';
import { appointmentInputSchema } from '@/lib/domain/crm';
import { pageQuery } from '@/lib/domain/page';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { jsonResponse, withRoute } from '@/lib/http/withRoute';
import { crmService } from '@/lib/services/crmService';
import { deliveriesOf } from '@/lib/services/deliveriesOf';

const query = z.object(pageQuery);

export const GET = withRoute({ role: 'member', query }, ({ query }) => crmService.listAppointments(query));

export const POST = withRoute({ role: 'member', body: appointmentInputSchema }, async ({ body }) => {
  const appointment = await crmService.createAppointment(body);
  const deliveries = await deliveriesOf('appointment.created', {
    id: appointment.id,
    lead_id: appointment.lead_id,
    titre: appointment.titre,
    debut: appointment.debut,
    fin: appointment.fin,
    lieu: appointment.lieu,
    statut: appointment.statut,
  });
  return jsonResponse({ appointment, changed: true, deliveries }, 201);
});

export const { PUT, PATCH, DELETE } = methodNotAllowed('GET', 'POST');
