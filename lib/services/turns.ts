import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { WebhookError } from '@/lib/domain/errors';
import type { Turn } from '@/lib/domain/turn';
import { env } from '@/lib/env';

const minute = 60;

/** @throws WebhookError `too_many_requests`, with the seconds until the next one */
export async function takeFrom(limiter: RateLimiterMemory, key: string, count = 1): Promise<void> {
  try {
    await limiter.consume(key, count);
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    throw new WebhookError('too_many_requests', {
      retryAfter: Math.max(1, Math.ceil(refusal.msBeforeNext / 1000)),
    });
  }
}

function perMinute(keyPrefix: string, points: () => number): Turn {
  let limiter: RateLimiterMemory | undefined; // at the first call: the configuration is read at run time
  return (who, count) => {
    limiter ??= new RateLimiterMemory({ keyPrefix, points: points(), duration: minute });
    return takeFrom(limiter, who, count);
  };
}

/*
 * What one person may ask of one process in a minute: far more than anybody does by hand, so that a loop gone wrong, or a
 * stolen session, does not take what all need. The numbers are those of docs/api.md.
 */

/** A run of a script, in the editor. */
export const previewTurn = perMinute('preview', () => 300);
/** A request to somewhere else that is answered while the person waits: test deliveries and probes. */
export const testTurn = perMinute('test', () => 120);
/** A call with a machine token, where a route has no limit of its own. */
export const tokenTurn = perMinute('token', () => 1200);
/** A machine token that this process does not know for the moment; by the address that brings it. */
export const tokenLookupTurn = perMinute('token lookup', () => 600);
/** An event through the API; server code that triggers by itself is not limited. */
export const triggerTurn = perMinute('trigger', () => env().WEBHOOKS_TRIGGERS_PER_MINUTE);
