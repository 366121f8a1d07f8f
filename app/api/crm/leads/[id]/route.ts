import { leadPatchSchema } from '@/lib/domain/crm';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { crmPath } from '@/lib/http/pathParams';
import { withRoute } from '@/lib/http/withRoute';
import { crmService } from '@/lib/services/crmService';

export const PATCH = withRoute(
  'PATCH /api/crm/leads/{id}',
  { role: 'member', ...crmPath, body: leadPatchSchema },
  ({ params, body }) => crmService.updateLead(params.id, body),
);

export const DELETE = withRoute('DELETE /api/crm/leads/{id}', { role: 'member', ...crmPath }, ({ params }) =>
  crmService.removeLead(params.id),
);

export const { GET, POST, PUT } = methodNotAllowed('PATCH', 'DELETE');
