import { z } from 'zod';
import { replayRangeSchema } from '@/lib/domain/delivery';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { deliveryService } from '@/lib/services/deliveryService';

const body = replayRangeSchema.extend({ dry_run: z.boolean().default(false) });

export const POST = withRoute(
  'POST /api/deliveries/replay',
  { role: 'admin', body, status: (answer) => ('job' in answer ? 202 : 200) },
  async ({ body: { dry_run, ...range } }) =>
    dry_run ? await deliveryService.countFailed(range) : { job: await deliveryService.replayFailed(range) },
);

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
