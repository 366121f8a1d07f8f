import { journalFilterSchema } from '@/lib/domain/journal';
import { pageQuery } from '@/lib/domain/page';
import { csvPageSize, csvResponse, formatQuery } from '@/lib/http/csvResponse';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { journalService } from '@/lib/services/journalService';

const query = journalFilterSchema.extend({ ...pageQuery, ...formatQuery });

export const GET = withRoute(
  'GET /api/events',
  { role: 'admin', query },
  ({ query: { format, ...query } }) => {
    if (format === 'json') return journalService.list(query);
    return csvResponse({
      name: 'events',
      columns: [
        ...(['id', 'occurred_at', 'event_type', 'record_id', 'record_label', 'related_id'] as const),
        ...(['origin', 'triggered_by', 'deliveries', 'left_out'] as const),
      ],
      page: (cursor = query.cursor) => journalService.list({ ...query, cursor, limit: csvPageSize }),
    });
  },
);

export const { POST, PUT, PATCH, DELETE } = methodNotAllowed('GET');
