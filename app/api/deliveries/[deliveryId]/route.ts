import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { deliveryPath } from '@/lib/http/pathParams';
import { withRoute } from '@/lib/http/withRoute';
import { deliveryService } from '@/lib/services/deliveryService';

export const GET = withRoute(
  'GET /api/deliveries/{deliveryId}',
  { role: 'admin', ...deliveryPath },
  ({ params }) => deliveryService.get(params.deliveryId),
);

export const { POST, PUT, PATCH, DELETE } = methodNotAllowed('GET');
