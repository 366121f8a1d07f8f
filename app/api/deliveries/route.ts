import { csvPageSize, csvResponse } from '@/lib/http/csvResponse';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { deliveryService } from '@/lib/services/deliveryService';

export const GET = withRoute('GET /api/deliveries', ({ query: { format, ...query } }) => {
  if (format === 'json') return deliveryService.list(query);
  return csvResponse({
    name: 'deliveries',
    columns: [
      ...([
        'id',
        'created_at',
        'finished_at',
        'webhook_id',
        'webhook_name',
        'event_id',
        'event_type',
      ] as const),
      ...(['record_id', 'record_label', 'is_test', 'status', 'attempt_count', 'last_status_code'] as const),
      ...(['last_error_kind', 'last_error', 'last_duration_ms', 'next_attempt_at', 'waits_for'] as const),
    ],
    page: (cursor = query.cursor) => deliveryService.listNamed({ ...query, cursor, limit: csvPageSize }),
  });
});

export const { POST, PUT, PATCH, DELETE } = methodNotAllowed('GET');
