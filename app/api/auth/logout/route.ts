import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { signOut } from '@/lib/services/sessionService';

export const POST = withRoute('POST /api/auth/logout', () => signOut());

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
