import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { deliveryPath } from '@/lib/http/pathParams';
import { jsonResponse, withRoute } from '@/lib/http/withRoute';
import { deliveryService } from '@/lib/services/deliveryService';

export const POST = withRoute({ role: 'admin', ...deliveryPath }, async ({ params }) =>
  jsonResponse(await deliveryService.redeliver(params.deliveryId), 202),
);

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
