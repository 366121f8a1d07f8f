import { WebhookError } from '@/lib/domain/errors';
import { withFreshSchema } from './freshSchema';

/**
 * Milliseconds that one request to Supabase may take, its answer's last byte included. A little more than a hosted
 * project gives a statement (8 s), so that an answer that does come is not missed; people get ours within 10 s.
 */
export const requestLimit = 9000;
/** Milliseconds that a page or a call waits to learn whether a session is good, or to have it renewed. */
export const sessionLimit = 5000;

/**
 * `fetch` for the Supabase clients: whatever accepts and never answers, or stops in the middle of its answer, fails
 * after `limitMs` with a TimeoutError, which `unwrap` knows. A caller's own signal counts too. A read whose
 * connection breaks is sent once more within the same time: the server may have closed a kept connection just then. So is,
 * for a moment, what the API does not know yet just after a migration.
 */
export function boundedFetch(limitMs = requestLimit): typeof fetch {
  return async (input, init) => {
    // The signal outlives the answer's head: the body is bounded as well. Its timer keeps no process alive.
    const limit = AbortSignal.timeout(limitMs);
    const signal = init?.signal ? AbortSignal.any([init.signal, limit]) : limit;
    const send = () => withFreshSchema(() => fetch(input, { ...init, signal }), signal);
    if (init?.method !== 'GET' && init?.method !== 'HEAD') return send();
    return send().catch((error: unknown) => {
      if (signal.aborted) throw error;
      return send();
    });
  };
}

/**
 * What both clients are made with. postgrest-js has `db.timeout`, but it ends with the answer's head; and its retries
 * of reads wait for as long as a `Retry-After` says.
 */
export const bounded = { db: { retry: false }, global: { fetch: boundedFetch() } };

/**
 * Bounds what auth-js does beyond single requests: it refreshes a session again and again for 30 s.
 * @throws WebhookError `timeout`
 */
export async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new WebhookError('timeout')), limitMs);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => {}); // Nobody hears any more what became of it.
  }
}
