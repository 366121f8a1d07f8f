import { RateLimiterMemory } from 'rate-limiter-flexible';
import { WebhookError } from '@/lib/domain/errors';
import { takeFrom } from './turns';

/** Requests to one inbox in ten seconds. */
const perInbox = new RateLimiterMemory({ keyPrefix: 'inbox', points: 600, duration: 10 });
/** Requests from one address to inboxes that do not exist, in a minute: each costs the database a look. */
const unknownPerAddress = new RateLimiterMemory({ keyPrefix: 'unknown', points: 60, duration: 60 });
/** Requests that one process takes at a time, slow answers and bodies that arrive slowly included: 100 MiB at most. */
const mostHeld = 100;
/** Seconds after which one that found no room may come again. */
const heldWait = 5;

let held = 0;

/**
 * Lets a stranger's request in and holds its place until `receive` has ended.
 * @param receive answers null when there is no such inbox
 * @throws WebhookError `too_many_requests`; `inbox_not_found`
 */
export async function throughInboxDoor<T>(
  inboxId: string,
  address: string,
  receive: () => Promise<T | null>,
): Promise<T> {
  const strikes = await unknownPerAddress.get(address);
  if (strikes && strikes.remainingPoints <= 0) await takeFrom(unknownPerAddress, address);
  await takeFrom(perInbox, inboxId);
  if (held >= mostHeld) throw new WebhookError('too_many_requests', { retryAfter: heldWait });
  held += 1;
  try {
    const received = await receive();
    if (received !== null) return received;
    await takeFrom(unknownPerAddress, address);
    throw new WebhookError('inbox_not_found');
  } finally {
    held -= 1;
  }
}
