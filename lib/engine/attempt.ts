import type { AttemptNote, AttemptOutcome } from '@/lib/domain/attemptOutcome';
import { buildBody } from '@/lib/domain/envelope';
import { canonicalJson } from '@/lib/domain/jsonText';
import type { Decision } from '@/lib/domain/outcome';
import { deliveryHeaders, seedHeader } from '@/lib/domain/signature';
import { storableText } from '@/lib/domain/storableText';
import type { ConsoleLine, ScriptFault, TransformResult } from '@/lib/domain/transform';
import type { BodyFormat } from '@/lib/domain/webhook';
import { urlPolicy } from '@/lib/env';
import { sendRequest } from '@/lib/sender/send';
import type { ClaimedEvent, ClaimedItem } from '@/lib/store/claimSchema';
import type { SettledResult } from '@/lib/store/queueStore';
import packageJson from '@/package.json' with { type: 'json' };
import { alertRequest } from './alertRequest';
import { recordAttempt } from './attemptRecord';
import { type Clock, monotonicClock } from './clock';
import { report } from './report';
import { offerToDraft } from './shadow';
import { decisionOn, inputOf, type Pending, type Request, type Sent, settledResult } from './states';
import { transform } from './transformLine';

/** What an attempt came to. `lacked`: the sender had no socket, descriptor or memory for it. */
type Attempted = { result: SettledResult; lacked: boolean };

export type Attempt = (pending: Pending, mayStillSend?: () => boolean) => Promise<Attempted>;

/** What an attempt works with; all of it can be given. */
export type AttemptParts = {
  clock: Clock;
  /** For timestamps that are stored or signed. */
  wallClock(): Date;
  /** From 0 to 1. */
  random(): number;
  transform: typeof transform;
  /** Shows what the live script made of an event to the webhook's draft, if it has one. Waits for nothing, and never throws. */
  offerToDraft: typeof offerToDraft;
  send: typeof sendRequest;
  record: typeof recordAttempt;
};

/** Milliseconds of lease that must be left after the request's own timeout, to write the result. */
const settleMargin = 5000;
/** Bytes of the seed's header beyond which a 431 may be on its account: the smallest servers take 4 KiB of headers. */
const longSeedHeader = 4096;
/** Milliseconds of the timeout without which no second request is worth making. */
const leastSecondTry = 100;
/** The `User-Agent` of every request to a receiver. */
const userAgent = `DevLink-Webhooks/${packageJson.version}`;

/** At which of its steps an attempt is, for the reason of one that breaks. */
type Step = 'payload' | 'transform' | 'body' | 'headers' | 'send' | 'decide';

/**
 * Makes the function that makes attempts. It answers what is to be written and never rejects: a failing receiver or
 * script is a value, and a defect of ours ends this one delivery as failed, with the reason. `mayStillSend` is asked
 * right before the request.
 */
export function createAttempt(given: Partial<AttemptParts> = {}): Attempt {
  const parts: AttemptParts = {
    clock: monotonicClock,
    wallClock: () => new Date(),
    random: () => Math.random(),
    transform,
    offerToDraft,
    send: sendRequest,
    record: recordAttempt,
    ...given,
  };

  const attempt: Attempt = async (pending, mayStillSend = () => true) => {
    const at: { step: Step } = { step: 'payload' };
    try {
      const sent = await sentOf(pending, at, mayStillSend);
      at.step = 'decide';
      const clock = { now: parts.wallClock(), jitter: parts.random() };
      const decision = decisionOn(pending, sent.outcome, clock);
      const result = settledResult(pending, sent, decision);
      record(pending, sent, decision);
      // Without a request it was the sandbox, or time, that was short.
      return { result, lacked: sent.outcome.kind === 'unsent' && sent.request !== null };
    } catch (defect) {
      report(`delivery ${pending.item.id} could not be attempted (${at.step})`, defect);
      const { sent, decision } = failedBy(defect, at.step);
      record(pending, sent, decision);
      return { result: settledResult(pending, sent, decision), lacked: false };
    }
  };

  const notSent = (outcome: AttemptOutcome, lines: ConsoleLine[] = []): Sent => ({
    outcome,
    startedAt: parts.wallClock(),
    request: null,
    lines,
  });
  const unsent = (message: string) => notSent({ kind: 'unsent', message, durationMs: 0 });
  const unsendable = (message: string) =>
    notSent({ kind: 'error', errorKind: 'request_invalid', message, durationMs: 0 });

  const sentOf = async (
    { item, event, webhook, leaseEndsAt, supersededBy }: Pending,
    at: { step: Step },
    mayStillSend: () => boolean,
  ): Promise<Sent> => {
    if (!webhook) return unsendable('The settings of its webhook are missing.');
    if (!event) return unsendable('The event was removed with age.');
    if (supersededBy) return notSent({ kind: 'superseded', by: supersededBy, durationMs: 0 });
    const deadline = leaseEndsAt - webhook.timeout_ms - settleMargin;
    let lines: ConsoleLine[] = [];
    let transformed: string | null = null;
    if (webhook.transform_script !== null) {
      at.step = 'transform';
      const script = webhook.transform_script;
      const result = await parts.transform(item.webhook_id, script, inputOf(event), deadline);
      if (!result) return unsent('The sandbox did not run its script in time.');
      offer(item, event, result);
      const { durationMs } = result;
      lines = result.console;
      if (!result.ok) {
        const message = withPosition(result);
        return notSent({ kind: 'error', errorKind: result.kind, message, durationMs }, lines);
      }
      if (result.dropped) return notSent({ kind: 'dropped', durationMs }, lines);
      transformed = result.json;
    } else offer(item, event, null);
    if (parts.clock.now() > deadline) return unsent('Too little of its lease was left to send it.');
    if (!mayStillSend()) return unsent('The process that held it is stopping.');

    at.step = 'body';
    const startedAt = parts.wallClock();
    const alert = alertRequest(webhook, event, item);
    if (alert?.kind === 'mail') {
      at.step = 'send';
      return { outcome: await alert.send(webhook.timeout_ms), startedAt, request: alert.request, lines };
    }
    if (alert) transformed = alert.body;
    const format = alert ? 'raw' : webhook.body_format;
    const body = transformed === null ? ownBody(event, format) : bodyOf(event, format, transformed);
    at.step = 'headers';
    const headers = deliveryHeaders({
      deliveryId: item.id,
      eventType: event.event_type,
      sequence: event.sequence,
      origin: event.origin,
      body,
      timestampSeconds: Math.floor(startedAt.getTime() / 1000),
      userAgent,
      webhook,
    });
    at.step = 'send';
    const request = {
      url: webhook.url,
      headers,
      body,
      transformed: transformed !== null || event.merged === true,
    };
    const outcome = await send(request, webhook.timeout_ms);
    const second = withoutSeedHeader(request, outcome);
    const leftMs = webhook.timeout_ms - outcome.durationMs;
    if (!second || leftMs < leastSecondTry) return { outcome, startedAt, request, lines };
    const answer = await send(second.request, leftMs);
    return {
      outcome: { ...answer, durationMs: outcome.durationMs + answer.durationMs },
      startedAt,
      request: second.request,
      lines: [...lines, second.note],
    };
  };

  /** Each event once: its first attempt, and no test. */
  const offer = (item: ClaimedItem, event: ClaimedEvent, live: TransformResult | null) => {
    if (item.is_test || item.attempt_count > 0) return;
    parts.offerToDraft({ webhookId: item.webhook_id, eventId: item.event_id, event, live });
  };

  const send = ({ url, headers, body }: Request, timeoutMs: number) =>
    parts.send({ url, headers, body, timeoutMs, policy: urlPolicy() });

  /** A log, a counter or a span that fails costs no delivery. */
  const record = ({ item, event, webhook }: Pending, sent: Sent, decision: Decision) => {
    const { startedAt, request, outcome, lines } = sent;
    const leftOut = lines.some((line) => 'code' in line);
    try {
      parts.record({ item, event, webhook, startedAt, sent: request !== null, outcome, decision, leftOut });
    } catch (error) {
      report(`the attempt at delivery ${item.id} could not be recorded`, error);
    }
  };

  return attempt;
}

/** Made of as little as can be: whatever broke, it may be anything in the delivery. */
function failedBy(defect: unknown, step: Step): { sent: Sent; decision: Decision } {
  const why = defect instanceof Error ? `${defect.name}: ${defect.message}` : String(defect);
  const message = storableText(`The attempt could not be made (${step}). ${why}`, 1000);
  const outcome: AttemptOutcome = { kind: 'error', errorKind: 'request_invalid', message, durationMs: 0 };
  return {
    sent: { outcome, startedAt: new Date(), request: null, lines: [] },
    decision: {
      status: 'failed',
      delayMs: null,
      keepsRetry: false,
      holdMs: null,
      fault: null,
      errorKind: 'request_invalid',
      errorMessage: message,
    },
  };
}

function withPosition({ message, line, column }: ScriptFault): string {
  if (line === undefined) return message;
  return `${message} (line ${line}${column === undefined ? '' : `, column ${column}`})`;
}

const bodyOf = (event: ClaimedEvent, format: BodyFormat, payload: string) =>
  buildBody({ format, eventType: event.event_type, payload, occurredAt: new Date(event.occurred_at) });

/** The same for every webhook that gets the event as it is in the same format. */
const ownBodies = new WeakMap<ClaimedEvent, Partial<Record<BodyFormat, string>>>();

function ownBody(event: ClaimedEvent, format: BodyFormat): string {
  const bodies = ownBodies.get(event) ?? {};
  ownBodies.set(event, bodies);
  bodies[format] ??= bodyOf(event, format, canonicalJson(event.payload));
  return bodies[format];
}

/**
 * The seed's header holds the whole body, and many servers take no more than 4 to 16 KiB of headers. A 431 (RFC 6585,
 * section 5) to such a request is answered by the same one without it: `webhook-signature` says the same, and safely.
 */
function withoutSeedHeader(
  request: Request,
  outcome: AttemptOutcome,
): { request: Request; note: AttemptNote } | null {
  if (outcome.kind !== 'response' || outcome.status !== 431) return null;
  const { [seedHeader]: seed, ...headers } = request.headers;
  if (seed === undefined || seed.length <= longSeedHeader) return null;
  const text = `The receiver answered 431 to ${seedHeader} (${seed.length} bytes): sent again without that header.`;
  return {
    request: { ...request, headers },
    note: { level: 'warn', text, code: 'seed_signature_left_out' },
  };
}
