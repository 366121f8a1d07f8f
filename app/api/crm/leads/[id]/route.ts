import { leadPatchSchema } from '@/lib/domain/crm';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { crmPath } from '@/lib/http/pathParams';
import { withRoute } from '@/lib/http/withRoute';
import { crmService } from '@/lib/services/crmService';

export const PATCH = withRoute({ role: 'member', ...crmPath, body: leadPatchSchema }, ({ params, body }) =>
  crmService.updateLead(params.id, body),
);

export const DELETE = withRoute({ role: 'member', ...crmPath }, async ({ params }) => {
  await crmService.removeLead(params.id);
  return new Response(null, { status: 204 });
});

export const { GET, POST, PUT } = methodNotAllowed('PATCH', 'DELETE');
