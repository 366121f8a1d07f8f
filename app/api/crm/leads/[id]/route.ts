import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { crmService } from '@/lib/services/crmService';

export const PATCH = withRoute('PATCH /api/crm/leads/{id}', ({ params, body }) =>
  crmService.updateLead(params.id, body),
);

export const DELETE = withRoute('DELETE /api/crm/leads/{id}', ({ params }) =>
  crmService.removeLead(params.id),
);

export const { GET, POST, PUT } = methodNotAllowed('PATCH', 'DELETE');
