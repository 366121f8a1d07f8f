import { setTimeout as sleep } from 'node:timers/promises';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { AuthLink } from '@/lib/domain/authLink';
import { WebhookError } from '@/lib/domain/errors';
import { cookieClient } from '@/lib/store/sessionClient';
import { logger } from '@/lib/telemetry/logger';
import { authAnswer } from './authAnswer';
import { takeFrom } from './turns';

const duration = 15 * 60;
/** Mails to one account, and asked for from one address; links tried from one address. In a quarter of an hour. */
const mailsPerAccount = new RateLimiterMemory({ keyPrefix: 'mail', points: 3, duration });
const mailsPerAddress = new RateLimiterMemory({ keyPrefix: 'mails', points: 20, duration });
const linksPerAddress = new RateLimiterMemory({ keyPrefix: 'links', points: 30, duration });
/** Milliseconds after which an answer comes, whether there is such an account or not. */
const answerMs = 600;

/**
 * Has the auth server mail a link with which a new password is chosen, where there is such an account.
 * @param backTo the address to which the link leads
 * @throws WebhookError `too_many_requests`, and what `authAnswer` throws; nothing that tells whether there is the account
 */
export async function sendRecoveryLink(email: string, address: string, backTo: string): Promise<void> {
  const began = performance.now();
  await takeFrom(mailsPerAddress, address);
  await takeFrom(mailsPerAccount, email.toLowerCase());
  await authAnswer(
    async (auth) => {
      const { data, error } = await auth.resetPasswordForEmail(email, { redirectTo: backTo });
      // Told of accounts that there are only: one mail a minute, so many an hour.
      if (error?.code !== 'over_email_send_rate_limit') return { data, error };
      logger().warn({ code: error.code }, 'a link for a new password was not mailed');
      return { data: null, error: null };
    },
    () => new WebhookError('database_unavailable'),
  );
  await sleep(Math.max(0, began + answerMs - performance.now()));
}

/**
 * Sets the password of whoever has the link, and signs them in here and out everywhere else.
 * @throws WebhookError `link_over`, `password_refused`, `too_many_requests`, and what `authAnswer` throws
 */
export async function choosePassword(password: string, link: AuthLink, address: string): Promise<void> {
  await takeFrom(linksPerAddress, address);
  const isOver = () => new WebhookError('link_over');
  await authAnswer<unknown>(
    (auth) =>
      link.type === 'code'
        ? auth.exchangeCodeForSession(link.code)
        : auth.verifyOtp({ type: link.type, token_hash: link.token_hash }),
    isOver,
  );
  await authAnswer<unknown>(
    async (auth) => {
      const { data, error } = await auth.updateUser({ password });
      // It is the password already: what was wanted.
      return error && error.code !== 'same_password' ? { data, error } : { data, error: null };
    },
    () => new WebhookError('password_refused'),
  );
  const { auth } = await cookieClient();
  await auth.signOut({ scope: 'others' });
}
