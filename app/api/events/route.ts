import { csvPageSize, csvResponse } from '@/lib/http/csvResponse';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { journalService } from '@/lib/services/journalService';

export const GET = withRoute('GET /api/events', ({ query: { format, ...query } }) => {
  if (format === 'json') return journalService.list(query);
  return csvResponse({
    name: 'events',
    columns: [
      ...(['id', 'occurred_at', 'event_type', 'record_id', 'record_label', 'related_id'] as const),
      ...(['origin', 'triggered_by', 'deliveries', 'left_out'] as const),
    ],
    page: (cursor = query.cursor) => journalService.list({ ...query, cursor, limit: csvPageSize }),
  });
});

export const { POST, PUT, PATCH, DELETE } = methodNotAllowed('GET');
