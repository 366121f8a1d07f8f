import { z } from 'zod';
import { statsQuerySchema } from '@/lib/domain/statisticsSchema';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { deliveryService } from '@/lib/services/deliveryService';

const query = statsQuerySchema.extend({ webhook_id: z.uuid().optional() });

export const GET = withRoute('GET /api/deliveries/stats', { role: 'admin', query }, ({ query }) =>
  deliveryService.stats(query),
);

export const { POST, PUT, PATCH, DELETE } = methodNotAllowed('GET');
