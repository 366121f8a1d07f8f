import { hash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { WebhookError } from '@/lib/domain/errors';
import { takeFrom } from './turns';

const duration = 15 * 60;
/** Wrong passwords in a quarter of an hour, in this process. An office shares an address; nobody shares an account. */
const perAccount = new RateLimiterMemory({ keyPrefix: 'account', points: 10, duration });
const perAddress = new RateLimiterMemory({ keyPrefix: 'address', points: 50, duration });
/** Milliseconds after which a refusal is answered, whether there is such an account or not. */
const refusalMs = 600;

/**
 * Has a sign-in tried unless too many were wrong. All that are under way count as wrong until they are right, so that many
 * at once are no way around it.
 * @throws WebhookError `too_many_requests`, and what `attempt` throws
 */
export async function limitedSignIn(
  email: string,
  address: string,
  attempt: () => Promise<void>,
): Promise<void> {
  const began = performance.now();
  const account = hash('sha256', email.toLowerCase());
  await takeFrom(perAddress, address);
  await takeFrom(perAccount, account);
  try {
    await attempt();
  } catch (error) {
    if (!isWrongPassword(error)) await giveBack(account, address);
    else await sleep(Math.max(0, began + refusalMs - performance.now()));
    throw error;
  }
  await perAccount.delete(account);
  await perAddress.reward(address);
}

async function giveBack(account: string, address: string): Promise<void> {
  await perAccount.reward(account);
  await perAddress.reward(address);
}

const isWrongPassword = (error: unknown) =>
  error instanceof WebhookError && (error.code === 'invalid_credentials' || error.code === 'user_banned');
