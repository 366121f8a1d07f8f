import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { signOut } from '@/lib/services/sessionService';

export const POST = withRoute({ role: 'anyone' }, async () => {
  await signOut();
  return new Response(null, { status: 204 });
});

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
