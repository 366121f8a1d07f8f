import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { jsonResponse, withRoute } from '@/lib/http/withRoute';
import { health } from '@/lib/services/healthService';

export const dynamic = 'force-dynamic';

/** 503 when the database does not answer, or when sending stands still; chores that fail are named, with 200. */
export const GET = withRoute({ role: 'anyone' }, async () => {
  const { report } = await health();
  return jsonResponse(report, report.status === 'ok' ? 200 : 503);
});

export const { POST, PUT, PATCH, DELETE } = methodNotAllowed('GET');
