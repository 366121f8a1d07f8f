import type { AttemptOutcome } from '@/lib/domain/attemptOutcome';
import type { DeliveryErrorKind } from '@/lib/domain/delivery';
import { fieldErrorMessages } from '@/lib/domain/fieldErrors';
import { remembered } from '@/lib/domain/remembered';
import { parseTargetUrl, type UrlPolicy, type UrlRefusal } from '@/lib/domain/targetUrl';
import { type Connection, ConnectionPool, connectTarget } from './connectionPool';
import { type ExchangeRequest, type ExchangeResult, exchange } from './exchange';
import { pinnedConnect } from './pinnedConnect';
import { createResolver, type ResolveAddresses } from './pinnedLookup';
import { SendError, toSendError } from './sendError';

/** One POST to a receiver. */
export type SendRequest = {
  url: string;
  headers: Record<string, string>;
  body: string;
  /** Milliseconds for the whole exchange, from DNS to the last byte of the body. */
  timeoutMs: number;
  policy: UrlPolicy;
};

export type Reachability = { reachable: boolean; errorKind?: DeliveryErrorKind; message?: string };

const probeTimeoutMs = 3000;

/**
 * Makes a sender with its own connections.
 * @param resolve how names are resolved; the system's DNS servers when left out
 */
export function createHttpSender(resolve: ResolveAddresses = createResolver()) {
  const pool = new ConnectionPool(resolve);

  async function sendRequest(request: SendRequest): Promise<AttemptOutcome> {
    const startedAt = performance.now();
    const result = await post(request, startedAt).catch((error: unknown) => ({ error: toSendError(error) }));
    const durationMs = Math.round(performance.now() - startedAt);
    if ('answer' in result) return { ...result.answer, durationMs };
    const { kind, message } = result.error;
    return { kind: 'error', errorKind: kind, message, durationMs };
  }

  async function post(request: SendRequest, startedAt: number): Promise<ExchangeResult> {
    const { policy, headers, body, timeoutMs } = request;
    const url = checkedUrl(request.url, policy);
    const exchangeRequest = { url, headers, body, timeoutMs, deadline: startedAt + timeoutMs };
    const connection = pool.take(url, policy);
    const mayBeStale = connection.served > 0;
    const result = await exchangeOn(connection, exchangeRequest);
    if (!mayBeStale || !isStale(result)) return result;
    return await exchangeOn(pool.open(url, policy), exchangeRequest);
  }

  async function exchangeOn(connection: Connection, request: ExchangeRequest) {
    const result = await exchange(connection, request);
    if ('answer' in result && result.reusable) pool.keep(connection);
    else pool.discard(connection);
    return result;
  }

  async function probeUrl(url: string, policy: UrlPolicy): Promise<Reachability> {
    try {
      const target = connectTarget(checkedUrl(url, policy));
      const timeout = new SendError('timeout', `No connection within ${probeTimeoutMs} ms.`);
      const socket = await before(probeTimeoutMs, timeout, (signal) =>
        pinnedConnect(target, policy, resolve, signal),
      );
      socket.destroy();
      return { reachable: true };
    } catch (error) {
      const { kind, message } = toSendError(error);
      return { reachable: false, errorKind: kind, message };
    }
  }

  return { sendRequest, probeUrl, closeAgents: () => pool.close() };
}

/**
 * A kept socket that the receiver closed fails the request before any byte of an answer. It is sent once more
 * on a new connection: should the receiver have read the first one, it sees a duplicate under the same delivery
 * id, which delivery at least once allows and an ordinary retry would cause as well (RFC 9112, section 9.3.1).
 */
function isStale(result: ExchangeResult): boolean {
  return 'error' in result && result.error.kind === 'connection_reset' && !result.answered;
}

/** The rules that the text of a URL can break, applied again: a policy may have changed since it was saved. */
function checkedUrl(text: string, policy: UrlPolicy): URL {
  const check = checks.get(policy) ?? remembered(1000, (given) => parseTargetUrl(given, policy));
  checks.set(policy, check);
  const parsed = check(text);
  if (parsed.ok) return parsed.url;
  throw new SendError(refusalKind(parsed.code), fieldErrorMessages[parsed.code] ?? parsed.code);
}

/** Checking a URL costs as much as sending to it. */
const checks = new WeakMap<UrlPolicy, (text: string) => ReturnType<typeof parseTargetUrl>>();

const refusalKind = (code: UrlRefusal): DeliveryErrorKind =>
  code === 'url_private_address' || code === 'url_host' ? 'address_refused' : 'request_invalid';

/** Runs something that stops on a signal, and stops waiting for it at the deadline even if it does not. */
async function before<T>(ms: number, reason: Error, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const deadline = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    controller.abort(reason);
    deadline.reject(reason);
  }, ms);
  try {
    return await Promise.race([run(controller.signal), deadline.promise]);
  } finally {
    clearTimeout(timer);
  }
}

const sender = createHttpSender();

/** Sends one POST. Whatever the receiver does is a returned outcome, within the timeout; nothing is thrown. */
export const sendRequest = sender.sendRequest;

/** Resolves and connects (TCP, and TLS for https), sends nothing, closes: can this URL be reached from here? */
export const probeUrl = sender.probeUrl;
