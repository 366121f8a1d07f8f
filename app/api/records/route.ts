import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { recordService } from '@/lib/services/recordService';

export const GET = withRoute('GET /api/records', ({ query: { q } }) => recordService.search(q));

export const { POST, PUT, PATCH, DELETE } = methodNotAllowed('GET');
