import { apiFetch } from '@/lib/api/apiFetch';
import type { EmittedEvent } from '@/lib/domain/askedTrigger';
import { WebhookError } from '@/lib/domain/errors';
import type { EventName, EventPayload } from '@/lib/domain/eventSchemas';
import { exceedsBytes, payloadJson } from '@/lib/domain/payloadJson';

/**
 * Triggers all webhooks that listen to an event, from the browser, as the signed-in person. Resolves once the
 * event and its deliveries are committed; sending starts at once. Where the record's table told the same change
 * already, that event is answered and none is made.
 * @param options.idempotencyKey a trigger repeated by the same person with the same key within 24 hours is the same
 *   event; with another type or payload it is refused. Where none is given, each call has one of its own.
 * @throws WebhookError whose `code` names the reason: `unknown_event`, `payload_not_json`, `payload_too_large`,
 *   `payload_too_deep`, `payload_invalid`, `idempotency_key_reused`, `not_signed_in`, `forbidden`, `database_unavailable`, `network` or
 *   `timeout` (no answer came, within 20 s at most, so the event may or may not be stored: repeat with the same
 *   idempotency key); an AbortError when `signal` aborts
 */
export async function triggerWebhooks<E extends EventName>(
  eventType: E,
  payload: EventPayload<E>,
  options: { idempotencyKey?: string; signal?: AbortSignal } = {},
): Promise<{ eventId: string; deliveries: number }> {
  const event = JSON.stringify(eventType);
  const key = JSON.stringify(options.idempotencyKey ?? randomKey());
  const text = `{"event_type":${event},"payload":${payloadJson(payload)},"idempotency_key":${key}}`;
  const { event_id, deliveries } = await post(text, options.signal);
  return { eventId: event_id, deliveries };
}

/**
 * Requests with `keepalive` outlive a page that is being left. Browsers take 64 KiB of them at once, all pages of the
 * site together, and a bounded number, and refuse the others with the TypeError of a lost network (Fetch Standard,
 * "HTTP-network-or-cache fetch"). What got no answer is therefore asked again without; the key makes it one event.
 */
async function post(text: string, signal: AbortSignal | undefined): Promise<EmittedEvent> {
  if (!exceedsBytes(text, 60_000)) {
    try {
      return await apiFetch('POST /api/webhooks/trigger', { text, signal, keepalive: true });
    } catch (error) {
      if (!(error instanceof WebhookError && error.code === 'network')) throw error;
    }
  }
  return apiFetch('POST /api/webhooks/trigger', { text, signal });
}

/** 128 random bits. Plain http on a LAN has no `crypto.randomUUID`. */
function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (word) => word.toString(36)).join('-');
}
