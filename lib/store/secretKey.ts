import { WebhookError } from '@/lib/domain/errors';
import { logger } from '@/lib/telemetry/logger';
import { boundedFetch } from './timeLimits';

/** Milliseconds for which a refusal of the key is believed before it is tried again. */
const refusalAge = 5000;

type KeyState = { taken: boolean; at: number };
// Route handlers are bundled apart from each other: what the process knows of its key lives on globalThis.
const holder = globalThis as typeof globalThis & { devlinkSecretKey?: KeyState };

const send = boundedFetch();

/**
 * `fetch` for the client of the service itself. An answer that refuses its key says so in our words, whatever the gateway's: 401, or,
 * for the publishable key in its place, a permission that the service has.
 */
export const secretKeyFetch: typeof fetch = async (input, init) => {
  const answer = await send(input, init);
  const refusal = await refusalIn(answer);
  if (refusal === undefined) {
    if (answer.ok) holder.devlinkSecretKey = { taken: true, at: performance.now() };
    return answer;
  }
  if (holder.devlinkSecretKey?.taken !== false) {
    logger().error(
      { status: answer.status, ...refusal },
      'SUPABASE_SECRET_KEY is not accepted by this project',
    );
  }
  holder.devlinkSecretKey = { taken: false, at: performance.now() };
  const code = 'secret_key_refused';
  return Response.json({ code, message: code, details: null, hint: null }, { status: 503 });
};

async function refusalIn(answer: Response): Promise<{ code?: unknown } | undefined> {
  if (answer.status !== 401 && answer.status !== 403) return undefined;
  const told: unknown = await answer
    .clone()
    .json()
    .catch(() => null);
  const code = typeof told === 'object' && told !== null && 'code' in told ? told.code : undefined;
  return answer.status === 401 || code === '42501' ? { code } : undefined;
}

/**
 * Refuses what would be kept and never sent. Costs a call only while nothing is known of the key, or after it was refused.
 * @param ask any call with the service's client
 * @throws WebhookError `secret_key_refused`
 */
export async function requireSecretKey(ask: () => PromiseLike<unknown>): Promise<void> {
  const known = holder.devlinkSecretKey;
  if (known?.taken) return;
  if (known === undefined || performance.now() - known.at > refusalAge) await ask();
  if (holder.devlinkSecretKey?.taken === false) throw new WebhookError('secret_key_refused');
}
