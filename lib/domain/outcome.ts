import type { AttemptOutcome, ReceivedAnswer } from './attemptOutcome';
import { maxDelayMs, parseHttpDate, parseRetryAfter, retryDelayMs } from './backoff';
import { type DeliveryErrorKind, isTransformError } from './delivery';
import { storableText } from './storableText';

/**
 * Whose fault an attempt's failure is. `refusal`: the receiver answered that it does not take this request (3xx, 4xx):
 * says nothing of its health. `outage`: it did not answer, or 5xx, 408, 425: counts for the circuit breaker.
 * `throttle`: 429, it answers and wants to be called less. Null: the script's, the settings' or ours.
 */
export type Fault = 'refusal' | 'outage' | 'throttle';

/** What an attempt's outcome means for its delivery and its webhook. */
export type Decision = {
  /** `skipped`: the script dropped it, or a newer one went before it. `released`: nothing was sent, for a lack of ours; it comes again. */
  status: 'success' | 'retrying' | 'failed' | 'skipped' | 'released';
  /** Milliseconds until the next attempt; null when final. */
  delayMs: number | null;
  /** The attempt uses up no retry. */
  keepsRetry: boolean;
  /** Milliseconds for which nothing is sent to the whole webhook; null where the receiver did not ask for it. */
  holdMs: number | null;
  fault: Fault | null;
  errorKind: DeliveryErrorKind | null;
  errorMessage: string | null;
};

/** What the decision depends on of a webhook. */
export type RetrySettings = {
  retry_enabled: boolean;
  /** Whether an answer 4xx (but 408, 425, 429) is tried again. */
  retry_refusals: boolean;
  max_retries: number;
  /** Seconds. */
  retry_delay: number;
};

const maxMessageLength = 1000;
/** A receiver that answers 429 with `Retry-After: 0` would be called as fast as it answers. */
const leastHoldMs = 1000;
/** Milliseconds, and as much again at random, until something that we could not send comes again. */
const releaseDelayMs = 1000;

/** Failures that no later attempt can mend by itself. A replay by hand can, after the cause is gone. */
const finalKinds: ReadonlySet<DeliveryErrorKind> = new Set([
  'gone',
  'request_invalid',
  'webhook_deleted',
  'cancelled',
  'erased',
]);
/** Client errors that speak of the moment and not of the request (RFC 9110, section 15.5.9; RFC 8470, section 5.2). */
const passingStatuses = new Set([408, 425]);

const none = {
  delayMs: null,
  keepsRetry: false,
  holdMs: null,
  fault: null,
  errorKind: null,
  errorMessage: null,
};
const succeeded: Decision = { status: 'success', ...none };
const skipped: Decision = { status: 'skipped', ...none };

type Failure = {
  kind: DeliveryErrorKind;
  message: string;
  fault: Fault | null;
  /** The answer was 4xx: about the request. */
  refused?: boolean;
  /** Milliseconds that the receiver asks to wait. */
  retryAfterMs?: number | null;
};

/**
 * Decides what an attempt's outcome means for its delivery. A test is a question and not a delivery: it is never
 * retried, and holds nothing up.
 * @param delivery.retryCount retries made before this attempt was due
 * @param clock.jitter random number from 0 to 1
 */
export function decideOutcome(
  outcome: AttemptOutcome,
  delivery: { retryCount: number; isTest: boolean },
  webhook: RetrySettings,
  clock: { now: Date; jitter: number },
): Decision {
  if (outcome.kind === 'dropped') return skipped;
  if (outcome.kind === 'superseded') {
    const errorMessage = `Delivery ${outcome.by} brought a newer state of its record meanwhile.`;
    return { ...skipped, errorKind: 'superseded', errorMessage };
  }
  if (outcome.kind === 'unsent') {
    const delayMs = releaseDelayMs * (1 + clock.jitter);
    return { ...none, status: 'released', delayMs, errorMessage: written(outcome.message) };
  }
  const failure = failureOf(outcome, clock.now);
  if (!failure) return succeeded;
  const { kind, message, fault, retryAfterMs = null } = failure;
  const decision = { ...none, fault, errorKind: kind, errorMessage: written(message) };
  if (delivery.isTest) return { ...decision, status: 'failed' };
  if (fault === 'throttle') {
    const holdMs = Math.max(leastHoldMs, retryAfterMs ?? webhook.retry_delay * 1000);
    return { ...decision, status: 'retrying', delayMs: holdMs, keepsRetry: true, holdMs };
  }
  const holdMs = retryAfterMs === null || retryAfterMs === 0 ? null : retryAfterMs;
  if (!mayRetry(failure, delivery.retryCount, webhook)) return { ...decision, status: 'failed', holdMs };
  const delayMs = retryDelayMs({
    retryDelay: webhook.retry_delay,
    retryCount: delivery.retryCount,
    jitter: clock.jitter,
    retryAfterMs,
  });
  return { ...decision, status: 'retrying', delayMs, holdMs };
}

const written = (message: string) => storableText(message, maxMessageLength);

function mayRetry({ kind, refused }: Failure, retryCount: number, webhook: RetrySettings): boolean {
  if (!webhook.retry_enabled || retryCount >= webhook.max_retries) return false;
  if (refused && !webhook.retry_refusals) return false;
  return !finalKinds.has(kind) && !isTransformError(kind);
}

/** Null for 2xx: the only success. */
function failureOf(
  outcome: Extract<AttemptOutcome, { kind: 'response' | 'error' }>,
  now: Date,
): Failure | null {
  if (outcome.kind === 'response') return failedAnswer(outcome, now);
  const { errorKind: kind, message, answer } = outcome;
  // What the head of an answer asks of us counts, though its body never came.
  const asked = answer ? failedAnswer(answer, now) : null;
  if (asked && (asked.kind === 'gone' || asked.fault === 'throttle' || asked.retryAfterMs)) return asked;
  const isOurs = kind === 'request_invalid' || isTransformError(kind);
  return { kind, message, fault: isOurs ? null : 'outage' };
}

function failedAnswer(
  { status, headers }: Pick<ReceivedAnswer, 'status' | 'headers'>,
  now: Date,
): Failure | null {
  if (status >= 200 && status < 300) return null;
  if (status === 410) {
    return { kind: 'gone', message: 'The receiver answered 410 Gone.', fault: 'refusal', refused: true };
  }
  if (status >= 300 && status < 400) {
    const message = `The receiver answered ${status}: redirects are not followed.`;
    return { kind: 'redirect', message, fault: 'refusal' };
  }
  const message = `The receiver answered ${status}.`;
  if (status === 429) {
    const retryAfterMs = askedWait(headers, now);
    return {
      kind: 'throttled',
      message: `${message} It wants to be called later.`,
      fault: 'throttle',
      retryAfterMs,
    };
  }
  if (status === 503)
    return { kind: 'status', message, fault: 'outage', retryAfterMs: askedWait(headers, now) };
  const refused = status >= 400 && status < 500 && !passingStatuses.has(status);
  return { kind: 'status', message, fault: refused ? 'refusal' : 'outage', refused };
}

/** Milliseconds of Retry-After, at most 24 h. A date counts by the receiver's own clock where it tells that, not by ours. */
function askedWait(headers: Record<string, string>, now: Date): number | null {
  const asked = headers['retry-after'];
  if (asked === undefined) return null;
  const theirs = headers.date === undefined ? null : parseHttpDate(headers.date, now);
  const waitMs = parseRetryAfter(asked, theirs === null ? now : new Date(theirs));
  return waitMs === null ? null : Math.min(maxDelayMs, waitMs);
}
