import { z } from 'zod';
import { leadInputSchema } from '@/lib/domain/crm';
import { pageQuery } from '@/lib/domain/page';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { jsonResponse, withRoute } from '@/lib/http/withRoute';
import { crmService } from '@/lib/services/crmService';

const query = z.object(pageQuery);

export const GET = withRoute({ role: 'member', query }, ({ query }) => crmService.listLeads(query));

export const POST = withRoute({ role: 'member', body: leadInputSchema }, async ({ body }) =>
  jsonResponse(await crmService.createLead(body), 201),
);

export const { PUT, PATCH, DELETE } = methodNotAllowed('GET', 'POST');
