import { clientAddress } from '@/lib/domain/clientAddress';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { choosePassword } from '@/lib/services/passwordService';

export const POST = withRoute('POST /api/auth/password', ({ request, body: { password, link } }) =>
  choosePassword(password, link, clientAddress(request)),
);

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
