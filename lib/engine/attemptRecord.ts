import { remembered } from '@/lib/domain/remembered';
import type { AttemptOutcome } from '@/lib/domain/attemptOutcome';
import type { Settlement } from '@/lib/domain/settlement';
import { env } from '@/lib/env';
import type { ClaimedEvent, ClaimedItem, ClaimedWebhook } from '@/lib/store/queueStore';
import { writeLogLine } from '@/lib/telemetry/logLine';
import { countAttempt } from '@/lib/telemetry/metrics';
import { traceAttempt, traceIdOf } from '@/lib/telemetry/spans';
import { worker } from './worker';

const urlOf = remembered(1000, (text) => URL.parse(text));

type FinishedAttempt = {
  item: ClaimedItem;
  /** Undefined when it was removed with age. */
  event: ClaimedEvent | undefined;
  webhook: ClaimedWebhook;
  startedAt: Date;
  /** False when no request was made. */
  sent: boolean;
  outcome: AttemptOutcome;
  settlement: Settlement;
};

/**
 * What an operator sees of an attempt: one structured log line, the metrics, a span. They name the host only:
 * paths and queries of webhook URLs carry tokens.
 */
export function recordAttempt(attempt: FinishedAttempt): void {
  const { item, event, webhook, startedAt, sent, outcome, settlement } = attempt;
  const url = urlOf(webhook.url);
  const httpStatus = outcome.kind === 'response' ? outcome.status : null;
  if (env().WEBHOOKS_LOG_ATTEMPTS) writeLogLine(logLine(attempt, url, httpStatus));
  countAttempt(settlement.status, settlement.errorKind, outcome.durationMs);
  traceAttempt({
    traceparent: event?.traceparent,
    startedAt,
    durationMs: outcome.durationMs,
    url: sent ? url : null,
    httpStatus,
    errorKind: settlement.errorKind,
    attributes: {
      'webhook.delivery_id': item.id,
      'webhook.id': item.webhook_id,
      'webhook.event_type': event?.event_type,
      'webhook.attempt': item.attempt_count + 1,
      'webhook.outcome': settlement.status,
    },
  });
}

function logLine(attempt: FinishedAttempt, url: URL | null, httpStatus: number | null): object {
  const { item, event, outcome, settlement } = attempt;
  return {
    msg: 'webhook_attempt',
    time: new Date().toISOString(),
    delivery_id: item.id,
    webhook_id: item.webhook_id,
    event_type: event?.event_type,
    event_id: item.event_id,
    attempt: item.attempt_count + 1,
    test: item.is_test || undefined,
    host: url?.host,
    status: settlement.status,
    http_status: httpStatus ?? undefined,
    error_kind: settlement.errorKind ?? undefined,
    duration_ms: Math.round(outcome.durationMs),
    retry_in_ms: settlement.delayMs === null ? undefined : Math.ceil(settlement.delayMs),
    worker: worker().life,
    trace_id: traceIdOf(event?.traceparent),
  };
}
