import { z } from 'zod';
import { clientAddress } from '@/lib/domain/clientAddress';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { signIn } from '@/lib/services/sessionService';

const body = z.strictObject({ email: z.email(), password: z.string().min(1) });

export const POST = withRoute({ role: 'anyone', body }, async ({ request, body: { email, password } }) => {
  await signIn(email, password, clientAddress(request));
  return new Response(null, { status: 204 });
});

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
