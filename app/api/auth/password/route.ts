import { z } from 'zod';
import { linkTypes } from '@/lib/domain/authLink';
import { clientAddress } from '@/lib/domain/clientAddress';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { choosePassword } from '@/lib/services/passwordService';

const link = z.union([
  z.strictObject({ type: z.enum(linkTypes), token_hash: z.string().min(1).max(500) }),
  z.strictObject({ type: z.literal('code'), code: z.string().min(1).max(500) }),
]);
const body = z.strictObject({ password: z.string().min(10).max(200), link });

export const POST = withRoute(
  'POST /api/auth/password',
  { role: 'anyone', body },
  ({ request, body: { password, link } }) => choosePassword(password, link, clientAddress(request)),
);

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
