import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { alertService } from '@/lib/services/alertService';
import { testTurn } from '@/lib/services/turns';

/** Answers the finished delivery of a message that is made up. */
export const POST = withRoute(
  'POST /api/alerts/{alertId}/test',
  ({ params }) => alertService.test(params.alertId),
  { turn: testTurn },
);

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
