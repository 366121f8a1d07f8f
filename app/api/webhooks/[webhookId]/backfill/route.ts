import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { journalService } from '@/lib/services/journalService';

/** Tells the webhook of the rows that were there before it, in the background. */
export const POST = withRoute(
  'POST /api/webhooks/{webhookId}/backfill',
  async ({ params: { webhookId }, body: { dry_run, kind } }) =>
    dry_run
      ? await journalService.countBackfill(webhookId, kind)
      : { job: await journalService.backfill(webhookId, kind) },
  { status: (answer) => ('job' in answer ? 202 : 200) },
);

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
