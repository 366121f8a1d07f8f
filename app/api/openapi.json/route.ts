import { entityTagOf, isKnown } from '@/lib/http/entityTag';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { apiDocument } from '@/lib/services/apiDocument';
import { eventTypeService } from '@/lib/services/eventTypeService';

/** Asked for again, it costs its tag as long as neither the deployment nor the registry has changed. */
export const GET = withRoute('GET /api/openapi.json', async ({ request }) => {
  const { items } = await eventTypeService.list();
  const text = JSON.stringify(apiDocument(items));
  const etag = entityTagOf(text);
  const headers = { etag, 'cache-control': 'private, no-cache' };
  if (isKnown(request, etag)) return new Response(null, { status: 304, headers });
  return new Response(text, { headers: { ...headers, 'content-type': 'application/json' } });
});

export const { POST, PUT, PATCH, DELETE } = methodNotAllowed('GET');
