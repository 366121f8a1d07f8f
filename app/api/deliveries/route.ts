import { deliveryFilterSchema } from '@/lib/domain/delivery';
import { pageQuery } from '@/lib/domain/page';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { deliveryService } from '@/lib/services/deliveryService';

const query = deliveryFilterSchema.extend(pageQuery);

export const GET = withRoute('GET /api/deliveries', { role: 'admin', query }, ({ query }) =>
  deliveryService.list(query),
);

export const { POST, PUT, PATCH, DELETE } = methodNotAllowed('GET');
