import { type ErrorCode, WebhookError } from '@/lib/domain/errors';
import { cookieClient } from '@/lib/store/sessionClient';
import { requestLimit, within } from '@/lib/store/timeLimits';
import { limitedSignIn } from './signInLimits';

/**
 * Signs a person in; the session cookie is set on the answer.
 * @param address from which the person asks: each has so many wrong passwords
 * @throws WebhookError `invalid_credentials`, `too_many_requests`, `database_unavailable`, `timeout`
 */
export async function signIn(email: string, password: string, address: string): Promise<void> {
  await limitedSignIn(email, address, async () => {
    const client = await cookieClient();
    const { error } = await within(requestLimit, client.auth.signInWithPassword({ email, password }));
    if (error) throw new WebhookError(refusalCode(error.status), { cause: error });
  });
}

function refusalCode(status: number | undefined): ErrorCode {
  // The auth server has limits of its own.
  if (status === 429) return 'too_many_requests';
  return status !== undefined && status >= 400 && status < 500
    ? 'invalid_credentials'
    : 'database_unavailable';
}

/** Signs the person out on this device and clears the cookie. */
export async function signOut(): Promise<void> {
  const client = await cookieClient();
  await within(requestLimit, client.auth.signOut({ scope: 'local' }));
}
