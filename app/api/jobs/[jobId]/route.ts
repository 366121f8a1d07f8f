import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { jobService } from '@/lib/services/jobService';

export const GET = withRoute('GET /api/jobs/{jobId}', ({ params }) => jobService.get(params.jobId));

export const { POST, PUT, PATCH, DELETE } = methodNotAllowed('GET');
