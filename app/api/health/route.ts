import { env } from '@/lib/env';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { health } from '@/lib/services/healthService';

export const dynamic = 'force-dynamic';

/** 503 when the database does not answer, or when sending stands still; chores that fail are named, with 200. */
export const GET = withRoute('GET /api/health', async () => (await health()).report, {
  status: ({ status }) => (status === 'ok' ? 200 : 503),
  headers: (): Record<string, string> => {
    const nonce = env().DEVLINK_LAUNCH_NONCE;
    return nonce === undefined ? {} : { 'x-devlink-launch': nonce };
  },
});

export const { POST, PUT, PATCH, DELETE } = methodNotAllowed('GET');
