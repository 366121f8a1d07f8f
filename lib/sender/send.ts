import type { AttemptOutcome, ReceivedAnswer } from '@/lib/domain/attemptOutcome';
import type { DeliveryErrorKind } from '@/lib/domain/delivery';
import { fieldErrorMessages } from '@/lib/domain/fieldErrors';
import { remembered } from '@/lib/domain/remembered';
import { parseTargetUrl, type UrlPolicy, type UrlRefusal } from '@/lib/domain/targetUrl';
import { createResolver, type ResolveAddresses } from './addressCheck';
import { connectTarget, pinnedConnect } from './connect';
import { type Connection, Connections } from './connections';
import { type CallResult, type HttpRequest, httpCall, type Received } from './httpCall';
import { readableBody } from './readableBody';
import { OwnLack, SendError, toFailure } from './sendError';

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
export function createSender(resolve: ResolveAddresses = createResolver()) {
  const connections = new Connections(resolve);

  async function sendRequest(request: SendRequest): Promise<AttemptOutcome> {
    const startedAt = performance.now();
    const result = await post(request, startedAt).catch(
      (error: unknown): CallResult => ({ failure: toFailure(error), received: null, answered: false }),
    );
    return await toOutcome(result, Math.round(performance.now() - startedAt));
  }

  async function post(request: SendRequest, startedAt: number): Promise<CallResult> {
    const { policy, headers, body, timeoutMs } = request;
    const url = checkedUrl(request.url, policy);
    const httpRequest = { url, headers, body, timeoutMs, deadline: startedAt + timeoutMs };
    const connection = connections.take(url, policy);
    const mayBeStale = connection.served > 0;
    const result = await callOn(connection, httpRequest);
    const again = (mayBeStale && isStale(result)) || (isLack(result) && (await connections.close()) > 0);
    return again ? await callOn(connections.open(url, policy), httpRequest) : result;
  }

  async function callOn(connection: Connection, request: HttpRequest): Promise<CallResult> {
    const result = await httpCall(connection, request);
    if ('reusable' in result && result.reusable) connections.keep(connection);
    else connections.discard(connection);
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
      const failure = toFailure(error);
      const errorKind = failure instanceof OwnLack ? undefined : failure.kind;
      return { reachable: false, errorKind, message: failure.message };
    }
  }

  return { sendRequest, probeUrl, close: () => connections.close() };
}

/** A whole head says how the receiver answered, even when we could not read on for a lack of our own. */
async function toOutcome(result: CallResult, durationMs: number): Promise<AttemptOutcome> {
  if (!('failure' in result)) {
    return { kind: 'response', ...(await toAnswer(result.received)), durationMs };
  }
  const { failure, received } = result;
  const answer = received ? await toAnswer(received) : undefined;
  if (failure instanceof SendError) {
    const { kind: errorKind, message } = failure;
    return { kind: 'error', errorKind, message, ...(answer ? { answer } : {}), durationMs };
  }
  if (answer) return { kind: 'response', ...answer, durationMs };
  return { kind: 'unsent', message: failure.message, durationMs };
}

async function toAnswer({ status, headers, ...received }: Received): Promise<ReceivedAnswer> {
  return { status, headers, ...(await readableBody(received, headers)) };
}

/**
 * A kept socket that the receiver closed fails the request before any byte of an answer. It is sent once more
 * on a new connection: should the receiver have read the first one, it sees a duplicate under the same delivery
 * id, which delivery at least once allows and an ordinary retry would cause as well (RFC 9112, section 9.3.1).
 */
function isStale(result: CallResult): boolean {
  if (!('failure' in result) || result.answered) return false;
  return result.failure instanceof SendError && result.failure.kind === 'connection_reset';
}

/** Nothing went out for a lack of our own: idle connections hold some of what is lacking. */
const isLack = (result: CallResult) =>
  'failure' in result && result.failure instanceof OwnLack && !result.answered;

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

const sender = createSender();

/** Sends one POST. Whatever the receiver does is a returned outcome, within the timeout; nothing is thrown. */
export const sendRequest = sender.sendRequest;

/** Resolves and connects (TCP, and TLS for https), sends nothing, closes: can this URL be reached from here? */
export const probeUrl = sender.probeUrl;
