import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { deliveryService } from '@/lib/services/deliveryService';

export const POST = withRoute(
  'POST /api/deliveries/replay',
  async ({ body: { dry_run, ...range } }) =>
    dry_run ? await deliveryService.countFailed(range) : { job: await deliveryService.replayFailed(range) },
  { status: (answer) => ('job' in answer ? 202 : 200) },
);

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
