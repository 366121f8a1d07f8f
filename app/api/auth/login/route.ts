import { clientAddress } from '@/lib/domain/clientAddress';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { signIn } from '@/lib/services/sessionService';

export const POST = withRoute('POST /api/auth/login', ({ request, body: { email, password } }) =>
  signIn(email, password, clientAddress(request)),
);

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
