import type { AttemptOutcome } from './attemptOutcome';
import { parseRetryAfter, retryDelayMs } from './backoff';
import { type DeliveryErrorKind, isTransformError } from './delivery';
import { storableText } from './storableText';

/** What is written after an attempt. */
export type Settlement = {
  status: 'success' | 'retrying' | 'failed';
  /** Milliseconds until the next attempt; null when final. */
  delayMs: number | null;
  errorKind: DeliveryErrorKind | null;
  errorMessage: string | null;
  /** Set when the webhook is to be switched off. */
  disableReason: 'gone' | null;
  /** The receiver is at fault, and not the script or the settings: counts for the circuit breaker. */
  receiverFailed: boolean;
};

type Failure = { kind: DeliveryErrorKind; message: string; retryAfter?: string | undefined };

const maxMessageLength = 1000;

/** Failures that no later attempt can mend by itself. A replay by hand can, after the cause is gone. */
const finalKinds: ReadonlySet<DeliveryErrorKind> = new Set([
  'gone',
  'request_invalid',
  'webhook_deleted',
  'cancelled',
]);

/**
 * Decides what an attempt's outcome means for its delivery. A test is a question and not a delivery: it is never
 * retried, and a 410 to it does not switch the webhook off.
 * @param delivery.retryCount retries made before this attempt was due
 * @param webhook.retry_delay seconds
 * @param clock.jitter random number from 0 to 1
 */
export function settle(
  outcome: AttemptOutcome,
  delivery: { retryCount: number; isTest: boolean },
  webhook: { retry_enabled: boolean; max_retries: number; retry_delay: number },
  clock: { now: Date; jitter: number },
): Settlement {
  const failure = failureOf(outcome);
  if (!failure) {
    const none = { delayMs: null, errorKind: null, errorMessage: null, disableReason: null };
    return { status: 'success', ...none, receiverFailed: false };
  }
  const error = {
    errorKind: failure.kind,
    errorMessage: storableText(failure.message, maxMessageLength),
    receiverFailed: failure.kind !== 'request_invalid' && !isTransformError(failure.kind),
  };
  const mayRetry =
    webhook.retry_enabled &&
    !delivery.isTest &&
    !isFinal(failure.kind) &&
    delivery.retryCount < webhook.max_retries;
  if (!mayRetry) {
    const disableReason = failure.kind === 'gone' && !delivery.isTest ? 'gone' : null;
    return { status: 'failed', delayMs: null, ...error, disableReason };
  }
  const delayMs = retryDelayMs({
    retryDelay: webhook.retry_delay,
    retryCount: delivery.retryCount,
    jitter: clock.jitter,
    retryAfterMs: failure.retryAfter === undefined ? null : parseRetryAfter(failure.retryAfter, clock.now),
  });
  return { status: 'retrying', delayMs, ...error, disableReason: null };
}

const isFinal = (kind: DeliveryErrorKind) => finalKinds.has(kind) || isTransformError(kind);

/** Null for 2xx: the only success. */
function failureOf(outcome: AttemptOutcome): Failure | null {
  if (outcome.kind === 'error') return { kind: outcome.errorKind, message: outcome.message };
  const { status, headers } = outcome;
  if (status >= 200 && status < 300) return null;
  if (status === 410) return { kind: 'gone', message: 'The receiver answered 410 Gone.' };
  if (status >= 300 && status < 400) {
    return { kind: 'redirect', message: `The receiver answered ${status}: redirects are not followed.` };
  }
  const retryAfter = status === 429 || status === 503 ? headers['retry-after'] : undefined;
  return { kind: 'status', message: `The receiver answered ${status}.`, retryAfter };
}
