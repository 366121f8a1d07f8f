import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { jobPath } from '@/lib/http/pathParams';
import { withRoute } from '@/lib/http/withRoute';
import { jobService } from '@/lib/services/jobService';

export const GET = withRoute('GET /api/jobs/{jobId}', { role: 'admin', ...jobPath }, ({ params }) =>
  jobService.get(params.jobId),
);

export const { POST, PUT, PATCH, DELETE } = methodNotAllowed('GET');
