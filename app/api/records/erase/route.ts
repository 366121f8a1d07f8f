import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { webhookService } from '@/lib/services/webhookService';

/** Erases what is kept of a record: some 200 events at once, what is more as a job. */
export const POST = withRoute('POST /api/records/erase', ({ body: { record_id } }) =>
  webhookService.eraseRecord(record_id),
);

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
