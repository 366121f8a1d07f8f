import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { deliveryService } from '@/lib/services/deliveryService';

export const GET = withRoute('GET /api/deliveries/stats', ({ query }) => deliveryService.stats(query));

export const { POST, PUT, PATCH, DELETE } = methodNotAllowed('GET');
