import { WebhookError } from '@/lib/domain/errors';
import { checkToken } from '@/lib/store/accessToken';
import { cookieClient } from '@/lib/store/sessionClient';
import { requestLimit, within } from '@/lib/store/timeLimits';
import { logger } from '@/lib/telemetry/logger';
import { authAnswer } from './authAnswer';
import { limitedSignIn } from './signInLimits';

/**
 * Signs a person in; the session cookie is set on the answer.
 * @param address from which the person asks: each has so many wrong passwords
 * @throws WebhookError `invalid_credentials`, and what `authAnswer` throws
 */
export async function signIn(email: string, password: string, address: string): Promise<void> {
  await limitedSignIn(email, address, async () => {
    const { session } = await authAnswer(
      (auth) => auth.signInWithPassword({ email, password }),
      () => new WebhookError('invalid_credentials'),
    );
    await requireKnownSignature(session.access_token);
  });
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
