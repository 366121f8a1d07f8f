import type { AttemptOutcome } from '@/lib/domain/attemptOutcome';
import type { Decision } from '@/lib/domain/outcome';
import { remembered } from '@/lib/domain/remembered';
import { env } from '@/lib/env';
import type { ClaimedEvent, ClaimedItem, ClaimedWebhook } from '@/lib/store/claimSchema';
import { logger } from '@/lib/telemetry/logger';
import { countAttempt } from '@/lib/telemetry/metrics';
import { traceAttempt, traceIdOf } from '@/lib/telemetry/spans';
import { report } from './report';
import { worker } from './worker';

const urlOf = remembered(1000, (text) => URL.parse(text));

type FinishedAttempt = {
  item: ClaimedItem;
  /** Undefined when it was removed with age. */
  event: ClaimedEvent | undefined;
  /** Undefined when it was deleted just now. */
  webhook: ClaimedWebhook | undefined;
  startedAt: Date;
  /** False when no request was made. */
  sent: boolean;
  outcome: AttemptOutcome;
  decision: Decision;
  /** The seed's header was left out, because the receiver answered 431 to it. */
  leftOut: boolean;
};

/**
 * What an operator sees of an attempt: one structured log line, the metrics, a span. They name the host only:
 * paths and queries of webhook URLs carry tokens. Each of the three is made whatever becomes of the others.
 */
export function recordAttempt(attempt: FinishedAttempt): void {
  const { webhook, outcome, decision } = attempt;
  const url = webhook ? urlOf(webhook.url) : null;
  const answer =
    outcome.kind === 'response' ? outcome : outcome.kind === 'error' ? outcome.answer : undefined;
  const httpStatus = answer?.status ?? null;
  unlessItFails(() => {
    if (!env().WEBHOOKS_LOG_ATTEMPTS) return;
    // What is given up is what somebody may want to hear of.
    const level = decision.status === 'failed' ? 'warn' : 'info';
    logger()[level](logFields(attempt, url, httpStatus), 'webhook_attempt');
  });
  unlessItFails(() => countAttempt(decision.status, decision.errorKind, outcome.durationMs));
  unlessItFails(() => trace(attempt, url, httpStatus));
}

function unlessItFails(work: () => void): void {
  try {
    work();
  } catch (error) {
    report('an attempt could not be recorded', error);
  }
}

function trace(attempt: FinishedAttempt, url: URL | null, httpStatus: number | null): void {
  const { item, event, startedAt, sent, outcome, decision } = attempt;
  traceAttempt({
    traceparent: event?.traceparent,
    startedAt,
    durationMs: outcome.durationMs,
    url: sent ? url : null,
    httpStatus,
    errorKind: decision.errorKind,
    attributes: {
      'webhook.delivery_id': item.id,
      'webhook.id': item.webhook_id,
      'webhook.event_type': event?.event_type,
      'webhook.attempt': item.attempt_count + 1,
      'webhook.outcome': decision.status,
    },
  });
}

function logFields(attempt: FinishedAttempt, url: URL | null, httpStatus: number | null): object {
  const { item, event, outcome, decision, leftOut } = attempt;
  return {
    delivery_id: item.id,
    webhook_id: item.webhook_id,
    event_type: event?.event_type,
    event_id: item.event_id,
    attempt: item.attempt_count + 1,
    test: item.is_test || undefined,
    host: url?.host,
    status: decision.status,
    http_status: httpStatus ?? undefined,
    error_kind: decision.errorKind ?? undefined,
    duration_ms: Math.round(outcome.durationMs),
    // Nothing was sent, and it is nobody's failure: why.
    reason: outcome.kind === 'unsent' ? outcome.message : undefined,
    seed_signature_left_out: leftOut || undefined,
    retry_in_ms: decision.delayMs === null ? undefined : Math.ceil(decision.delayMs),
    worker: worker().life,
    trace_id: traceIdOf(event?.traceparent),
  };
}
