import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { jobService } from '@/lib/services/jobService';

export const POST = withRoute('POST /api/jobs/{jobId}/resume', ({ params }) =>
  jobService.resume(params.jobId),
);

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
