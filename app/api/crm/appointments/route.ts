import { z } from 'zod';
import { appointmentInputSchema } from '@/lib/domain/crm';
import { pageQuery } from '@/lib/domain/page';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { crmService } from '@/lib/services/crmService';

const query = z.object(pageQuery);

export const GET = withRoute('GET /api/crm/appointments', { role: 'member', query }, ({ query }) =>
  crmService.listAppointments(query),
);

export const POST = withRoute(
  'POST /api/crm/appointments',
  { role: 'member', body: appointmentInputSchema },
  ({ body }) => crmService.createAppointment(body),
);

export const { PUT, PATCH, DELETE } = methodNotAllowed('GET', 'POST');
