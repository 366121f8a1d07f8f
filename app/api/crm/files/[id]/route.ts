import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { crmService } from '@/lib/services/crmService';

export const DELETE = withRoute('DELETE /api/crm/files/{id}', ({ params }) =>
  crmService.removeFile(params.id),
);

export const { GET, POST, PUT, PATCH } = methodNotAllowed('DELETE');
