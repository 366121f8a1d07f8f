import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { crmService } from '@/lib/services/crmService';

export const GET = withRoute('GET /api/crm/leads', ({ query }) => crmService.listLeads(query));

export const POST = withRoute('POST /api/crm/leads', ({ body }) => crmService.createLead(body));

export const { PUT, PATCH, DELETE } = methodNotAllowed('GET', 'POST');
