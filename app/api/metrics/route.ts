import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { scrape } from '@/lib/services/metricsService';

export const dynamic = 'force-dynamic';

/** For Prometheus. There is nothing here unless METRICS_TOKEN is set. */
export const GET = withRoute('GET /api/metrics', scrape);

export const { POST, PUT, PATCH, DELETE } = methodNotAllowed('GET');
