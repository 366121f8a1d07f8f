import { conditionPreviewInputSchema } from '@/lib/domain/conditions';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { previewTurn } from '@/lib/services/turns';
import { webhookService } from '@/lib/services/webhookService';

export const POST = withRoute(
  'POST /api/webhooks/conditions/preview',
  { role: 'admin', turn: previewTurn, body: conditionPreviewInputSchema },
  ({ body }) => webhookService.previewConditions(body),
);

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
