import { methodNotAllowed } from '@/lib/http/methodNotAllowed';
import { withRoute } from '@/lib/http/withRoute';
import { journalService } from '@/lib/services/journalService';

/** Sends the webhook what it never had, in the background. */
export const POST = withRoute(
  'POST /api/webhooks/{webhookId}/missing',
  async ({ params: { webhookId }, body: { dry_run, ...range } }) =>
    dry_run
      ? await journalService.countMissing(webhookId, range)
      : { job: await journalService.sendMissing(webhookId, range) },
  { status: (answer) => ('job' in answer ? 202 : 200) },
);

export const { GET, PUT, PATCH, DELETE } = methodNotAllowed('POST');
