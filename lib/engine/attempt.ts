import type { AttemptOutcome } from '@/lib/domain/attemptOutcome';
import type { DeliveryErrorKind } from '@/lib/domain/delivery';
import { buildBody } from '@/lib/domain/envelope';
import { settle } from '@/lib/domain/settlement';
import { deliveryHeaders, loggedHeaders } from '@/lib/domain/signature';
import { storableText } from '@/lib/domain/storableText';
import type { ConsoleLine, ScriptFault, TransformResult } from '@/lib/domain/transform';
import type { BodyFormat } from '@/lib/domain/webhook';
import { urlPolicy } from '@/lib/env';
import { sendRequest } from '@/lib/sender/send';
import type { ClaimedEvent, ClaimedItem, ClaimedWebhook, SettledResult } from '@/lib/store/queueStore';
import { recordAttempt } from './attemptRecord';
import { payloadText } from './payloadText';
import { userAgent } from './userAgent';

/** `transformed`: the body is not simply the event's payload. */
type SentRequest = { url: string; headers: Record<string, string>; body: string; transformed: boolean };

/**
 * Makes one attempt: envelope, sign, send, decide. Answers what is to be written; a failing receiver or script
 * is a value, not an exception.
 * @param transformed what the webhook's script made of the payload; null when it has none
 */
export async function attemptDelivery(
  item: ClaimedItem,
  event: ClaimedEvent | undefined,
  webhook: ClaimedWebhook,
  transformed: TransformResult | null,
): Promise<SettledResult> {
  const startedAt = new Date();
  const lines = transformed && transformed.console.length > 0 ? transformed.console : null;
  const unsent = (errorKind: DeliveryErrorKind, message: string, durationMs: number) =>
    toResult(item, event, webhook, startedAt, { kind: 'error', errorKind, message, durationMs }, null, lines);

  if (!event) return unsent('request_invalid', 'The event was removed with age.', 0);
  if (transformed && !transformed.ok) {
    return unsent(transformed.kind, withPosition(transformed), transformed.durationMs);
  }
  const body = transformed ? buildFor(event, webhook.body_format, transformed.json) : ownBody(event, webhook);
  const request = {
    url: webhook.url,
    headers: deliveryHeaders({
      deliveryId: item.id,
      eventType: event.event_type,
      body,
      timestampSeconds: Math.floor(startedAt.getTime() / 1000),
      userAgent,
      webhook,
    }),
    body,
    transformed: transformed !== null,
  };
  const { url, headers } = request;
  const outcome = await sendRequest({
    url,
    headers,
    body,
    timeoutMs: webhook.timeout_ms,
    policy: urlPolicy(),
  });
  return toResult(item, event, webhook, startedAt, outcome, request, lines);
}

function withPosition({ message, line, column }: ScriptFault): string {
  if (line === undefined) return message;
  return `${message} (line ${line}${column === undefined ? '' : `, column ${column}`})`;
}

const buildFor = (event: ClaimedEvent, format: BodyFormat, payload: string) =>
  buildBody({ format, eventType: event.event_type, payload, occurredAt: new Date(event.occurred_at) });

/** The same for every webhook that gets the event as it is in the same format. */
const ownBodies = new WeakMap<ClaimedEvent, Partial<Record<BodyFormat, string>>>();

function ownBody(event: ClaimedEvent, { body_format }: ClaimedWebhook): string {
  const bodies = ownBodies.get(event) ?? {};
  ownBodies.set(event, bodies);
  bodies[body_format] ??= buildFor(event, body_format, payloadText(event));
  return bodies[body_format];
}

function toResult(
  item: ClaimedItem,
  event: ClaimedEvent | undefined,
  webhook: ClaimedWebhook,
  startedAt: Date,
  outcome: AttemptOutcome,
  request: SentRequest | null,
  lines: ConsoleLine[] | null,
): SettledResult {
  const delivery = { retryCount: item.retry_count, isTest: item.is_test };
  const settlement = settle(outcome, delivery, webhook, { now: new Date(), jitter: Math.random() });
  const response = outcome.kind === 'response' ? outcome : null;
  recordAttempt({ item, event, webhook, startedAt, sent: request !== null, outcome, settlement });
  return {
    id: item.id,
    fence: item.fence,
    status: settlement.status,
    delay_ms: settlement.delayMs === null ? undefined : Math.ceil(settlement.delayMs),
    error_kind: settlement.errorKind ?? undefined,
    error_message: settlement.errorMessage ?? undefined,
    started_at: startedAt.toISOString(),
    duration_ms: Math.round(outcome.durationMs),
    request_url: request?.url,
    request_headers: request ? loggedHeaders(request.headers, Object.keys(webhook.headers)) : undefined,
    request_body: request?.transformed ? storableText(request.body) : undefined,
    request_format: request && !request.transformed ? webhook.body_format : undefined,
    response_status: response?.status,
    response_headers: response?.headers,
    response_body: response?.body,
    response_truncated: response?.truncated || undefined,
    receiver_failed: settlement.receiverFailed || undefined,
    console: lines?.map((line) => ({ ...line, text: storableText(line.text) })),
  };
}
