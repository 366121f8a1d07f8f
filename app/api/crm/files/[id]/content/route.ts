import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { crmService } from '@/lib/services/crmService';

/** Always a download: what people upload never runs or renders under our origin. */
export const GET = withRoute('GET /api/crm/files/{id}/content', async ({ params }) => {
  const { nom, type_mime, content } = await crmService.readFile(params.id);
  return new Response(new Uint8Array(content), {
    headers: {
      'content-type': type_mime,
      // RFC 6266: the name in UTF-8.
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(nom).replaceAll("'", '%27')}`,
      'content-security-policy': "sandbox; default-src 'none'",
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-store',
    },
  });
});

export const { POST, PUT, PATCH, DELETE } = methodNotAllowed('GET');
