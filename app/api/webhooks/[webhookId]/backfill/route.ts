import { backfillInputSchema } from '@/lib/domain/reconciliation';
import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { webhookPath } from '@/lib/http/pathParams';
import { withRoute } from '@/lib/http/withRoute';
import { journalService } from '@/lib/services/journalService';

/** Tells the webhook of the rows that were there before it, in the background. */
export const POST = withRoute(
  'POST /api/webhooks/{webhookId}/backfill',
  {
    role: 'admin',
    ...webhookPath,
    body: backfillInputSchema,
    status: (answer) => ('job' in answer ? 202 : 200),
  },
  async ({ params: { webhookId }, body: { dry_run, kind } }) =>
    dry_run
      ? await journalService.countBackfill(webhookId, kind)
      : { job: await journalService.backfill(webhookId, kind) },
);

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
