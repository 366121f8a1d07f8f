import { type ErrorCode, errorCodes, type Problem, WebhookError } from '@/lib/domain/errors';
import type { EventPayload } from '@/lib/domain/eventSchemas';
import type { WebhookEventType } from '@/lib/domain/eventTypes';

/**
 * Triggers all webhooks that listen to an event, from the browser, as the signed-in person. Resolves once the
 * event and its deliveries are committed; sending starts at once.
 * @param options.idempotencyKey a trigger repeated with the same key within 24 hours is the same event
 * @throws WebhookError whose `code` names the reason: `unknown_event`, `payload_not_json`, `payload_too_large`,
 *   `not_signed_in`, `forbidden`, `database_unavailable`, `network` (the server was not reached, so the event may
 *   or may not be stored: repeat with the same idempotency key); an AbortError when `signal` aborts
 */
export async function triggerWebhooks<E extends WebhookEventType>(
  eventType: E,
  payload: EventPayload<E>,
  options: { idempotencyKey?: string; signal?: AbortSignal } = {},
): Promise<{ eventId: string; deliveries: number }> {
  const response = await post(
    bodyOf({ event_type: eventType, payload, idempotency_key: options.idempotencyKey }),
    options.signal,
  );
  if (!response.ok) throw await errorOf(response);
  const { event_id, deliveries } = (await response.json()) as { event_id: string; deliveries: number };
  return { eventId: event_id, deliveries };
}

function bodyOf(trigger: {
  event_type: string;
  payload: unknown;
  idempotency_key: string | undefined;
}): string {
  try {
    return JSON.stringify(trigger);
  } catch (cause) {
    throw new WebhookError('payload_not_json', { cause });
  }
}

async function post(body: string, signal: AbortSignal | undefined): Promise<Response> {
  try {
    return await fetch('/api/webhooks/trigger', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      credentials: 'same-origin',
      body,
      signal: signal ?? null,
      keepalive: body.length < 60_000, // the request outlives a page that is being left
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new WebhookError('network', { cause });
  }
}

async function errorOf(response: Response): Promise<WebhookError> {
  const problem = (await response.json().catch(() => null)) as Partial<Problem> | null;
  const code: ErrorCode = problem?.code && problem.code in errorCodes ? problem.code : 'internal';
  return new WebhookError(code, { detail: problem?.detail, errors: problem?.errors });
}
