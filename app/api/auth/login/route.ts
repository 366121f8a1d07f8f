import { z } from 'zod';
import { clientAddress } from '@/lib/domain/clientAddress';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { signIn } from '@/lib/services/sessionService';

const body = z.strictObject({ email: z.email(), password: z.string().min(1) });

export const POST = withRoute(
  'POST /api/auth/login',
  { role: 'anyone', body },
  ({ request, body: { email, password } }) => signIn(email, password, clientAddress(request)),
);

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
