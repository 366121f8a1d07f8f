import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { journalService } from '@/lib/services/journalService';

export const GET = withRoute('GET /api/events/{eventId}', ({ params }) => journalService.get(params.eventId));

export const { POST, PUT, PATCH, DELETE } = methodNotAllowed('GET');
