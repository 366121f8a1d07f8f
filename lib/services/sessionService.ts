import type { AuthError } from '@supabase/supabase-js';
import { WebhookError } from '@/lib/domain/errors';
import { checkToken } from '@/lib/store/accessToken';
import { publishableKeyRefused } from '@/lib/store/publishableKey';
import { cookieClient } from '@/lib/store/sessionClient';
import { requestLimit, within } from '@/lib/store/timeLimits';
import { logger } from '@/lib/telemetry/logger';
import { limitedSignIn } from './signInLimits';

/** Seconds to wait where the auth server does not say: its bucket holds 30 sign-ins and fills by one each 2 s. */
const authLimitWait = 10;

/**
 * Signs a person in; the session cookie is set on the answer.
 * @param address from which the person asks: each has so many wrong passwords
 * @throws WebhookError `invalid_credentials`, `email_not_confirmed`, `user_banned`, `too_many_requests`,
 *   `sign_in_misconfigured`, `project_restricted`, `database_unavailable`, `timeout`
 */
export async function signIn(email: string, password: string, address: string): Promise<void> {
  await limitedSignIn(email, address, async () => {
    const token = await answered((auth) => auth.signInWithPassword({ email, password }));
    await requireKnownSignature(token.session.access_token);
  });
}

type Auth = Awaited<ReturnType<typeof cookieClient>>['auth'];

/** What the auth server gave. @throws WebhookError for what it said instead */
async function answered<T>(
  ask: (auth: Auth) => Promise<{ data: T; error: null } | { data: unknown; error: AuthError }>,
): Promise<T> {
  let heard: Response | undefined;
  const { auth } = await cookieClient((answer) => {
    heard = answer;
  });
  const { data, error } = await within(requestLimit, ask(auth));
  if (error) throw refusal(error, heard);
  return data as T;
}

/** What a refusal of the auth server means, or of the gateway before it. */
function refusal(error: AuthError, heard: Response | undefined): WebhookError {
  const status = heard?.status ?? 503;
  const code: string | undefined = error.code;
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
  if (status >= 400 && status < 500) {
    return new WebhookError('invalid_credentials', { cause: error });
  }
  return new WebhookError('database_unavailable', { cause: error });
}

/** A wrong SUPABASE_JWT_SECRET would take every session for a forgery, and send people back here without a word. */
async function requireKnownSignature(token: string): Promise<void> {
  if (await checkToken(token)) return;
  logger().error('SUPABASE_JWT_SECRET is not the secret with which this project signs sessions');
  throw new WebhookError('sign_in_misconfigured');
}

/** Signs the person out on this device and clears the cookie. */
export async function signOut(): Promise<void> {
  const client = await cookieClient();
  await within(requestLimit, client.auth.signOut({ scope: 'local' }));
}
