import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { tokenService } from '@/lib/services/tokenService';

export const GET = withRoute('GET /api/tokens', () => tokenService.list());

export const POST = withRoute('POST /api/tokens', ({ body }) => tokenService.make(body));

export const { PUT, PATCH, DELETE } = methodNotAllowed('GET', 'POST');
