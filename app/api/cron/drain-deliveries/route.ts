import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { runCron } from '@/lib/services/cronService';

/** Seconds that a host must let the route run: the largest budget, plus the longest attempt in flight. */
export const maxDuration = 300;

/** Drains for `?budget=` seconds, sleeping until deliveries fall due. Safe to call at any time, concurrently. */
export const GET = withRoute('GET /api/cron/drain-deliveries', ({ query }) => runCron(query.budget * 1000));

export const { POST, PUT, PATCH, DELETE } = methodNotAllowed('GET');
