import { clientAddress } from '@/lib/domain/clientAddress';
import { requestOrigin } from '@/lib/domain/requestOrigin';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { sendRecoveryLink } from '@/lib/services/passwordService';

/** 204 whether there is such an account or not. */
export const POST = withRoute('POST /api/auth/recover', ({ request, body: { email } }) =>
  sendRecoveryLink(email, clientAddress(request), `${requestOrigin(request)}/password`),
);

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
