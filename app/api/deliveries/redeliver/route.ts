import { z } from 'zod';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { deliveryService } from '@/lib/services/deliveryService';

const body = z.strictObject({ ids: z.array(z.uuid()).min(1).max(200) });

export const POST = withRoute('POST /api/deliveries/redeliver', { role: 'admin', body }, ({ body }) =>
  deliveryService.redeliverMany(body.ids),
);

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
