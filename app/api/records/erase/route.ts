import { z } from 'zod';
import { givenText } from '@/lib/domain/givenText';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { webhookService } from '@/lib/services/webhookService';

const body = z.strictObject({ record_id: givenText().trim().min(1).max(200) });

/** Erases what is kept of a record: some 200 events at once, what is more as a job. */
export const POST = withRoute('POST /api/records/erase', { role: 'admin', body }, ({ body: { record_id } }) =>
  webhookService.eraseRecord(record_id),
);

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
