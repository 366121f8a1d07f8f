import type { AuthError } from '@supabase/supabase-js';
import { WebhookError } from '@/lib/domain/errors';
import { publishableKeyRefused } from '@/lib/store/publishableKey';
import { cookieClient } from '@/lib/store/sessionClient';
import { isOfAuthServer } from '@/lib/store/sessionFetch';
import { requestLimit, within } from '@/lib/store/timeLimits';
import { logger } from '@/lib/telemetry/logger';

/** Seconds to wait where the auth server does not say: its bucket holds 30 sign-ins and fills by one each 2 s. */
const authLimitWait = 10;

type Auth = Awaited<ReturnType<typeof cookieClient>>['auth'];
type Answer<T> = { data: T; error: null } | { data: unknown; error: AuthError };

/**
 * What the auth server gives to the browser behind the current request.
 * @throws WebhookError for what it says instead: `email_not_confirmed`, `user_banned`, `too_many_requests`, `sign_in_misconfigured`,
 *   `project_restricted`, `database_unavailable`, `timeout`; `refused` for any other refusal of the person
 */
export async function authAnswer<T>(
  ask: (auth: Auth) => Promise<Answer<T>>,
  refused: (code: string | undefined) => WebhookError,
): Promise<T> {
  let heard: Response | undefined;
  const { auth } = await cookieClient((answer) => {
    heard = answer.clone();
  });
  const answer = await within(requestLimit, ask(auth));
  if (answer.error) throw await refusal(answer.error, heard, refused);
  return answer.data;
}

/** What a refusal of the auth server means, or of the gateway before it. */
async function refusal(
  error: AuthError,
  heard: Response | undefined,
  refused: (code: string | undefined) => WebhookError,
): Promise<WebhookError> {
  const code: string | undefined = error.code;
  // Without an answer it was refused before it was asked, for want of what it needs; or it could not be asked.
  const status = heard?.status ?? error.status ?? 503;
  if (code === 'email_not_confirmed' || code === 'user_banned')
    return new WebhookError(code, { cause: error });
  if (status === 429) {
    const told = Number(heard?.headers.get('retry-after') ?? authLimitWait);
    const retryAfter = Number.isFinite(told) ? Math.max(1, Math.ceil(told)) : authLimitWait;
    return new WebhookError('too_many_requests', { retryAfter, cause: error });
  }
  if (status === 402 || status === 540) {
    logger().error({ status, err: error }, 'the Supabase project is paused or restricted');
    return new WebhookError('project_restricted', { cause: error });
  }
  // The auth server refuses people with 400, 403 and 422.
  if (status === 401 && code !== 'invalid_credentials') {
    return publishableKeyRefused({ status, code, message: error.message });
  }
  // What was a wall's or a gateway's before it says nothing of the person.
  const isForeign = heard !== undefined && !isOfAuthServer(await heard.text());
  return status >= 400 && status < 500 && !isForeign
    ? refused(code)
    : new WebhookError('database_unavailable', { cause: error });
}
