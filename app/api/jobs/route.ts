import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { jobService } from '@/lib/services/jobService';

/** The background jobs that run, and those that ended within the last hour. */
export const GET = withRoute('GET /api/jobs', () => jobService.list());

export const { POST, PUT, PATCH, DELETE } = methodNotAllowed('GET');
