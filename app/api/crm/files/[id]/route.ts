import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { crmPath } from '@/lib/http/pathParams';
import { withRoute } from '@/lib/http/withRoute';
import { crmService } from '@/lib/services/crmService';

export const DELETE = withRoute('DELETE /api/crm/files/{id}', { role: 'member', ...crmPath }, ({ params }) =>
  crmService.removeFile(params.id),
);

export const { GET, POST, PUT, PATCH } = methodNotAllowed('DELETE');
