import { recordRowsSchema } from '@/lib/domain/record';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { recordService } from '@/lib/services/recordService';

export const GET = withRoute(
  'GET /api/records/rows',
  { role: 'admin', query: recordRowsSchema },
  ({ query: { record_id } }) => recordService.rows(record_id),
);

export const { POST, PUT, PATCH, DELETE } = methodNotAllowed('GET');
