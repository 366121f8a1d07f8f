import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { eventPath } from '@/lib/http/pathParams';
import { withRoute } from '@/lib/http/withRoute';
import { journalService } from '@/lib/services/journalService';

export const GET = withRoute('GET /api/events/{eventId}', { role: 'admin', ...eventPath }, ({ params }) =>
  journalService.get(params.eventId),
);

export const { POST, PUT, PATCH, DELETE } = methodNotAllowed('GET');
