import { env } from '@/lib/env';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { jsonResponse, withRoute } from '@/lib/http/withRoute';
import { health } from '@/lib/services/healthService';

export const dynamic = 'force-dynamic';

/** 503 when the database does not answer, or when sending stands still; chores that fail are named, with 200. */
export const GET = withRoute({ role: 'anyone' }, async () => {
  const { report } = await health();
  const response = jsonResponse(report, report.status === 'ok' ? 200 : 503);
  const nonce = env().DEVLINK_LAUNCH_NONCE;
  if (nonce !== undefined) response.headers.set('x-devlink-launch', nonce);
  return response;
});

export const { POST, PUT, PATCH, DELETE } = methodNotAllowed('GET');
