import { csvPageSize, csvResponse } from '@/lib/http/csvResponse';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { journalService } from '@/lib/services/journalService';

/** What the receiver took: with it, it can check itself. */
export const GET = withRoute(
  'GET /api/webhooks/{webhookId}/manifest',
  ({ params: { webhookId }, query: { format, ...query } }) => {
    if (format === 'json') return journalService.manifest(webhookId, query);
    return csvResponse({
      name: 'manifest',
      columns: ['id', 'event_id', 'event_type', 'record_id', 'sequence', 'delivered_at', 'sha256'] as const,
      page: (cursor = query.cursor) =>
        journalService.manifest(webhookId, { ...query, cursor, limit: csvPageSize }),
    });
  },
);

export const { POST, PUT, PATCH, DELETE } = methodNotAllowed('GET');
