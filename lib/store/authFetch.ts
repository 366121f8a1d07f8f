import { isIP } from 'node:net';
import { clientAddress } from '@/lib/domain/clientAddress';
import { env } from '@/lib/env';
import { sessionFetch } from './sessionFetch';

/**
 * `sessionFetch` on behalf of the person whose request has these headers: the auth server limits sign-ins and refreshes per
 * address, and would take all people for one. It believes `Sb-Forwarded-For` beside a key `sb_secret_…` only, and where the
 * project's setting "IP address forwarding" is on; elsewhere the header counts for nothing.
 * A secret key that is refused keeps nobody from signing in.
 * @param heard told of each answer of the auth server
 */
export function authFetch(headers: Headers, heard?: (answer: Response) => void): typeof fetch {
  const address = clientAddress({ headers });
  const { SUPABASE_SECRET_KEY: secretKey, SUPABASE_PUBLISHABLE_KEY: publishableKey } = env();
  const tells = isIP(address) !== 0 && secretKey.startsWith('sb_secret_');
  return async (input, init) => {
    const isAuth = typeof input === 'string' && input.includes('/auth/v1/');
    if (!isAuth) return sessionFetch(input, init);
    let answer: Response | undefined;
    if (tells) {
      const sent = new Headers(init?.headers);
      sent.set('apikey', secretKey);
      sent.set('sb-forwarded-for', address);
      // The person's own token stays; a key may stand here only if it is the same.
      if (sent.get('authorization') === `Bearer ${publishableKey}`) {
        sent.set('authorization', `Bearer ${secretKey}`);
      }
      answer = await sessionFetch(input, { ...init, headers: sent });
    }
    if (answer === undefined || answer.status === 401) answer = await sessionFetch(input, init);
    heard?.(answer);
    return answer;
  };
}
