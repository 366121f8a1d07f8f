import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { tokenService } from '@/lib/services/tokenService';

export const DELETE = withRoute('DELETE /api/tokens/{tokenId}', ({ params }) =>
  tokenService.revoke(params.tokenId),
);

export const { GET, POST, PUT, PATCH } = methodNotAllowed('DELETE');
