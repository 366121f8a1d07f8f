import { maskedAlertUrl } from '@/lib/domain/alert';
import type { AttemptNote, AttemptOutcome } from '@/lib/domain/attemptOutcome';
import { maskedBody } from '@/lib/domain/binaryBody';
import { maskerOf, maskHeaders } from '@/lib/domain/masking';
import { type Decision, decideOutcome } from '@/lib/domain/outcome';
import { loggedHeaders } from '@/lib/domain/signature';
import { storableText } from '@/lib/domain/storableText';
import type { ConsoleLine, TransformInput } from '@/lib/domain/transform';
import type { ClaimedBatch, ClaimedEvent, ClaimedItem, ClaimedWebhook } from '@/lib/store/claimSchema';
import type { SettledResult } from '@/lib/store/queueStore';

/* What a delivery is on its way through `attempt`: Pending, Sent, SettledResult. The way is drawn above the drain. */

/** A leased delivery that is to be tried. */
export type Pending = {
  item: ClaimedItem;
  /** Undefined when it was removed with age. */
  event: ClaimedEvent | undefined;
  /** Undefined when it was deleted just now. */
  webhook: ClaimedWebhook | undefined;
  /** On the engine's clock. */
  leaseEndsAt: number;
  /** The delivery that brought a newer state of its record: this one is not sent. */
  supersededBy?: string | null;
};

/** `transformed`: the body is not simply the event's payload. */
export type Request = { url: string; headers: Record<string, string>; body: string; transformed: boolean };

/** Tried, or known to be impossible; nobody has decided what it means. */
export type Sent = {
  outcome: AttemptOutcome;
  startedAt: Date;
  /** Null when nothing was sent. */
  request: Request | null;
  lines: (ConsoleLine | AttemptNote)[];
};

/** A delivery of a claimed batch. @param claimedAt when the claim was asked for, on the engine's clock */
export function pendingOf(batch: ClaimedBatch, item: ClaimedItem, claimedAt: number): Pending {
  const event = batch.events[item.event_id];
  const apart = batch.apart?.[item.id];
  return {
    item,
    event: event && apart?.payload ? { ...event, payload: apart.payload, merged: true } : event,
    supersededBy: apart?.superseded_by,
    webhook: batch.webhooks[item.webhook_id],
    leaseEndsAt: claimedAt + item.lease_ms,
  };
}

/** An event as a script sees it. @throws RangeError for a time that is none */
export const inputOf = (event: ClaimedEvent): TransformInput => ({
  payload: event.payload,
  eventType: event.event_type,
  timestamp: new Date(event.occurred_at).toISOString(),
});

/** Where there is no webhook any more. */
const neverAgain = { retry_enabled: false, retry_refusals: false, max_retries: 0, retry_delay: 1 };

/** What an outcome means for this delivery. @param clock.jitter random number from 0 to 1 */
export function decisionOn(
  { item, webhook }: Pending,
  outcome: AttemptOutcome,
  clock: { now: Date; jitter: number },
): Decision {
  const delivery = { retryCount: item.retry_count, isTest: item.is_test };
  return decideOutcome(outcome, delivery, webhook ?? neverAgain, clock);
}

/** What is to be written of an attempt. */
export function settledResult(pending: Pending, sent: Sent, decision: Decision): SettledResult {
  const { item, webhook } = pending;
  const { outcome, startedAt, request, lines } = sent;
  if (decision.status === 'released') return releasedResult(item, decision, startedAt);
  const answer =
    outcome.kind === 'response' ? outcome : outcome.kind === 'error' ? outcome.answer : undefined;
  const mask = webhook && request ? maskerOf(webhook) : (text: string) => text;
  const answered = maskHeaders(
    Object.entries(answer?.headers ?? {}).map(([name, value]) => [name, mask(value)]),
  );
  return {
    id: item.id,
    fence: item.fence,
    status: decision.status,
    delay_ms: decision.delayMs === null ? undefined : Math.ceil(decision.delayMs),
    keeps_retry: decision.keepsRetry || undefined,
    hold_ms: decision.holdMs === null ? undefined : Math.ceil(decision.holdMs),
    fault: decision.fault ?? undefined,
    error_kind: decision.errorKind ?? undefined,
    error_message: decision.errorMessage === null ? undefined : mask(decision.errorMessage),
    started_at: startedAt.toISOString(),
    duration_ms: Math.round(outcome.durationMs),
    request_url: request && webhook?.alert ? maskedAlertUrl(request.url) : request?.url,
    request_headers: request
      ? loggedHeaders(request.headers, Object.keys(webhook?.headers ?? {}))
      : undefined,
    request_body: request?.transformed ? storableText(request.body) : undefined,
    request_format: request && !request.transformed ? webhook?.body_format : undefined,
    response_status: answer?.status,
    response_headers: answer && answered,
    response_body: answer && maskedBody(answer.body, mask),
    response_truncated: answer?.truncated || undefined,
    console:
      lines.length === 0 ? undefined : lines.map((line) => ({ ...line, text: storableText(line.text) })),
  };
}

/** Nothing is written of what was not sent. */
function releasedResult({ id, fence }: ClaimedItem, decision: Decision, startedAt: Date): SettledResult {
  return {
    id,
    fence,
    status: 'released',
    delay_ms: Math.ceil(decision.delayMs ?? 0),
    error_message: decision.errorMessage ?? undefined,
    started_at: startedAt.toISOString(),
    duration_ms: 0,
  };
}

/** Gives a lease back with which nothing was begun. */
export function releaseOf(
  pending: Pending,
  why: string,
  clock: { now: Date; jitter: number },
): SettledResult {
  const decision = decisionOn(pending, { kind: 'unsent', message: why, durationMs: 0 }, clock);
  return releasedResult(pending.item, decision, clock.now);
}
