import { WebhookError } from '@/lib/domain/errors';
import { sessionClient } from '@/lib/store/sessionClient';
import { requestLimit, within } from '@/lib/store/timeLimits';

/**
 * Signs a person in; the session cookie is set on the answer.
 * @throws WebhookError `invalid_credentials`, `database_unavailable`, `timeout`
 */
export async function signIn(email: string, password: string): Promise<void> {
  const client = await sessionClient();
  const { error } = await within(requestLimit, client.auth.signInWithPassword({ email, password }));
  if (!error) return;
  const refused = error.status !== undefined && error.status >= 400 && error.status < 500;
  throw new WebhookError(refused ? 'invalid_credentials' : 'database_unavailable', { cause: error });
}

/** Signs the person out on this device and clears the cookie. */
export async function signOut(): Promise<void> {
  const client = await sessionClient();
  await within(requestLimit, client.auth.signOut({ scope: 'local' }));
}
