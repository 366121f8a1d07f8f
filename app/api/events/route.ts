import { journalFilterSchema } from '@/lib/domain/journal';
import { pageQuery } from '@/lib/domain/page';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { journalService } from '@/lib/services/journalService';

const query = journalFilterSchema.extend(pageQuery);

export const GET = withRoute('GET /api/events', { role: 'admin', query }, ({ query }) =>
  journalService.list(query),
);

export const { POST, PUT, PATCH, DELETE } = methodNotAllowed('GET');
