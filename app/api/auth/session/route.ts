import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';

export const GET = withRoute('GET /api/auth/session', async ({ caller }) => ({
  email: caller.email ?? '',
  role: caller.role,
}));

export const { POST, PUT, PATCH, DELETE } = methodNotAllowed('GET');
