import { z } from 'zod';
import { leadInputSchema } from '@/lib/domain/crm';
import { pageQuery } from '@/lib/domain/page';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { crmService } from '@/lib/services/crmService';

const query = z.object(pageQuery);

export const GET = withRoute('GET /api/crm/leads', { role: 'member', query }, ({ query }) =>
  crmService.listLeads(query),
);

export const POST = withRoute('POST /api/crm/leads', { role: 'member', body: leadInputSchema }, ({ body }) =>
  crmService.createLead(body),
);

export const { PUT, PATCH, DELETE } = methodNotAllowed('GET', 'POST');
