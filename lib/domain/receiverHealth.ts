import type { Webhook, WebhookHealth } from './webhook';

/** What became of a webhook's attempts in the last 24 hours; by what failed, where that is known. Tests are left out. */
export type DayFigures = {
  /** Deliveries that ended in success, were given up, and attempts that failed and are tried again. */
  succeeded: number;
  failed: number;
  retried: number;
  errors_4xx?: number;
  errors_5xx?: number;
  errors_timeout?: number;
  errors_network?: number;
  errors_transform?: number;
};

/** What more than half of the failed attempts have in common; `other` where nothing has, or it is not known. */
type FailureCause = 'refused' | 'error' | 'timeout' | 'unreachable' | 'script' | 'other';

/** What a receiver does instead of taking deliveries, by its latest failure; `unknown` where that is of no such kind. */
export type FailureSign =
  | { kind: 'status'; status: number }
  | { kind: 'timeout' | 'unreachable' | 'unknown' };

/** Why a webhook is not well. Times are ISO 8601. */
export type HealthReason =
  /** The breaker is open `until` then, or half open (null): a delivery tries. */
  | { kind: 'paused'; until: string | null; failures: number; since: string | null; sign: FailureSign }
  /** The receiver asked to be left alone, by an answer 429 or 503. */
  | { kind: 'held'; until: string; status: number }
  /** The latest attempts failed, all of them. */
  | { kind: 'row'; failures: number; since: string | null; sign: FailureSign }
  /** A share of the day's attempts, 0 to 1, failed. */
  | { kind: 'rate'; share: number; cause: FailureCause };

export type ReceiverHealth =
  | { state: 'off' } // switched off, by a person or by the system
  | { state: 'quiet' } // nothing was sent in 24 hours
  | { state: 'good'; share: number }
  | { state: 'degraded' | 'down'; reason: HealthReason };

/** From this share of failed attempts in 24 hours on, a receiver is not well. */
const degradedShare = 0.01;
/** From so many failures in a row on, nothing gets through. */
const downFailures = 5;

/**
 * How a webhook's receiver does: by the day's rate and by the failures in a row, so that one success does not wash
 * a bad day white, nor a bad day hide that nothing gets through any more.
 * @param day undefined while it is not known: only what is certain without it is told
 * @param now milliseconds since 1970
 */
export function receiverHealth(
  webhook: Pick<Webhook, 'status' | 'health'>,
  day: DayFigures,
  now: number,
): ReceiverHealth;
export function receiverHealth(
  webhook: Pick<Webhook, 'status' | 'health'>,
  day: DayFigures | undefined,
  now: number,
): ReceiverHealth | undefined;
export function receiverHealth(
  webhook: Pick<Webhook, 'status' | 'health'>,
  day: DayFigures | undefined,
  now: number,
): ReceiverHealth | undefined {
  if (webhook.status === 'inactive') return { state: 'off' };
  const { health } = webhook;
  const failures = health?.failures ?? 0;
  const since = health?.failing_since ?? null;
  const sign = failureSign(health);
  if (health?.paused_until) {
    const until = pausedUntil(health, now);
    return { state: 'down', reason: { kind: 'paused', until, failures, since, sign } };
  }
  const row: HealthReason = { kind: 'row', failures, since, sign };
  if (failures >= downFailures) return { state: 'down', reason: row };
  if (health?.held_until && Date.parse(health.held_until) > now) {
    const { held_until: until, held_status } = health;
    return { state: 'degraded', reason: { kind: 'held', until, status: held_status ?? 429 } };
  }
  const rate = day && failureRate(day);
  if (rate && rate.share >= degradedShare) return { state: 'degraded', reason: { kind: 'rate', ...rate } };
  if (failures > 0) return { state: 'degraded', reason: row };
  if (!day) return undefined;
  return rate ? { state: 'good', share: 1 - rate.share } : { state: 'quiet' };
}

/** What the latest failure of a receiver was. */
export function failureSign(health: WebhookHealth | null): FailureSign {
  const kind = health?.last_error_kind ?? '';
  if (health?.last_status_code != null) return { kind: 'status', status: health.last_status_code };
  if (kind === 'timeout') return { kind };
  return { kind: unreachable.test(kind) ? 'unreachable' : 'unknown' };
}

const unreachable = /^(dns|address_refused|connection_refused|http2_only|tls(_.*)?)$/;

/** Until when the circuit breaker is open, ISO 8601; null when something may be sent. */
export function pausedUntil(health: WebhookHealth | null, now: number): string | null {
  const until = health?.paused_until;
  return until && Date.parse(until) > now ? until : null;
}

/** The one word for a webhook: why it is off, or how its receiver does. */
export type WebhookState = 'disabled' | 'inactive' | 'down' | 'degraded' | 'active';

/** @param health undefined while it is not known */
export function webhookState(webhook: Pick<Webhook, 'disabled_reason'>, health: ReceiverHealth): WebhookState;
export function webhookState(
  webhook: Pick<Webhook, 'disabled_reason'>,
  health: ReceiverHealth | undefined,
): WebhookState | undefined;
export function webhookState(
  webhook: Pick<Webhook, 'disabled_reason'>,
  health: ReceiverHealth | undefined,
): WebhookState | undefined {
  if (!health) return undefined;
  if (health.state === 'off') return webhook.disabled_reason ? 'disabled' : 'inactive';
  return health.state === 'good' || health.state === 'quiet' ? 'active' : health.state;
}

/** Undefined when nothing was tried. */
function failureRate(day: DayFigures): { share: number; cause: FailureCause } | undefined {
  const failed = day.failed + day.retried;
  const tried = failed + day.succeeded;
  if (tried === 0) return undefined;
  const causes: [FailureCause, number | undefined][] = [
    ['refused', day.errors_4xx],
    ['error', day.errors_5xx],
    ['timeout', day.errors_timeout],
    ['unreachable', day.errors_network],
    ['script', day.errors_transform],
  ];
  const main = causes.find(([, count = 0]) => count > failed / 2);
  return { share: failed / tried, cause: main?.[0] ?? 'other' };
}
