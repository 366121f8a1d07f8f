import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { deliveryService } from '@/lib/services/deliveryService';

export const POST = withRoute('POST /api/deliveries/redeliver', ({ body }) =>
  deliveryService.redeliverMany(body.ids),
);

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
