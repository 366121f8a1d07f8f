import { setTimeout as pause } from 'node:timers/promises';
import { clientAddress } from '@/lib/domain/clientAddress';
import { WebhookError } from '@/lib/domain/errors';
import type { InboxAnswer } from '@/lib/domain/inboxAnswer';
import { inboxPath } from '@/lib/domain/pathParams';
import { problemResponse } from '@/lib/http/problem';
import { readBytes } from '@/lib/http/readJson';
import { throughInboxDoor } from '@/lib/services/inboxDoor';
import { playgroundService } from '@/lib/services/playgroundService';

type Context = { params: Promise<{ inboxId: string }> };

/**
 * The address of an inbox. Open to servers anywhere, so neither session nor origin is asked for: the random id
 * is the key.
 */
async function receive(request: Request, context: Context): Promise<Response> {
  try {
    const path = inboxPath.params.safeParse(await context.params);
    if (!path.success) throw new WebhookError('inbox_not_found');
    const { inboxId } = path.data;
    return await throughInboxDoor(inboxId, clientAddress(request), async () => {
      const answer = await playgroundService.receive(inboxId, {
        method: request.method,
        query: new URL(request.url).search,
        headers: request.headers,
        body: await readBytes(request),
      });
      return answer && respond(answer, request);
    });
  } catch (error) {
    return problemResponse(error);
  }
}

async function respond(answer: InboxAnswer, request: Request): Promise<Response> {
  // A sender that hangs up earlier frees us.
  if (answer.afterMs > 0) await pause(answer.afterMs, null, { signal: request.signal }).catch(() => null);
  return Response.json(
    { received: true, status: answer.status },
    { status: answer.status, headers: { 'cache-control': 'no-store', ...answer.headers } },
  );
}

export {
  receive as DELETE,
  receive as GET,
  receive as HEAD,
  receive as OPTIONS,
  receive as PATCH,
  receive as POST,
  receive as PUT,
};
