import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { readBytes } from '@/lib/http/readJson';
import { withRoute } from '@/lib/http/withRoute';
import { crmService } from '@/lib/services/crmService';

export const GET = withRoute('GET /api/crm/files', ({ query }) => crmService.listFiles(query));

/** The body is the file itself; its name, type and lead come in the query string. */
export const POST = withRoute('POST /api/crm/files', async ({ request, query }) =>
  crmService.uploadFile(query, await readBytes(request)),
);

export const { PUT, PATCH, DELETE } = methodNotAllowed('GET', 'POST');
