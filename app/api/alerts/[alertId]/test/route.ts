import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { alertPath } from '@/lib/http/pathParams';
import { withRoute } from '@/lib/http/withRoute';
import { alertService } from '@/lib/services/alertService';
import { testTurn } from '@/lib/services/turns';

/** Answers the finished delivery of a message that is made up. */
export const POST = withRoute(
  'POST /api/alerts/{alertId}/test',
  { role: 'admin', turn: testTurn, ...alertPath },
  ({ params }) => alertService.test(params.alertId),
);

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
