import type { SupabaseClient } from '@supabase/supabase-js';
import { type ErrorCode, WebhookError } from '@/lib/domain/errors';
import type { EventPayload } from '@/lib/domain/eventSchemas';
import { isTriggerable, type WebhookEventType } from '@/lib/domain/eventTypes';
import { payloadJson } from '@/lib/domain/payloadJson';
import { wakeDrain } from '@/lib/engine/drain';
import { adminClient } from '@/lib/store/adminClient';
import { getCaller } from '@/lib/store/callerStore';
import { emitEvents } from '@/lib/store/eventStore';
import { requireSecretKey } from '@/lib/store/secretKey';
import { sessionClient } from '@/lib/store/sessionClient';
import { countTrigger } from '@/lib/telemetry/metrics';
import { traceTrigger } from '@/lib/telemetry/spans';

export type TriggerOptions = {
  /**
   * A trigger repeated by the same caller with the same key within 24 hours is the same event; with another type or
   * payload it is refused. 1 to 255 characters.
   */
  idempotencyKey?: string | undefined;
};

export type TriggerResult = {
  eventId: string;
  /** How many active webhooks listen: one delivery each. */
  deliveries: number;
};

/**
 * Triggers all webhooks that listen to an event. Resolves once the event and its deliveries are committed;
 * sending starts at once. Where the record's table told the same change already, that event is answered and none is
 * made. For server code, which acts as the service itself.
 * @throws WebhookError `unknown_event`, `payload_not_json`, `payload_too_large`, `payload_too_deep`,
 *   `idempotency_key_reused`, `database_unavailable`
 */
export function triggerWebhooksForEvent<E extends WebhookEventType>(
  eventType: E,
  payload: EventPayload<E>,
  options: TriggerOptions = {},
): Promise<TriggerResult> {
  return triggerAs(adminClient(), eventType, payload, options);
}

/**
 * The same for the person behind the current request; the event keeps who it was. The database itself asks for a
 * role, so that a trigger costs one call; only a refused one is looked into.
 * @throws WebhookError also `not_signed_in`, `forbidden`, `secret_key_refused`
 */
export async function triggerAsCaller(
  eventType: string,
  payload: unknown,
  options: TriggerOptions,
): Promise<TriggerResult> {
  try {
    const client = await sessionClient();
    await requireSecretKey(async () => adminClient().rpc('webhook_schema_version'));
    return await triggerAs(client, eventType, payload, options);
  } catch (error) {
    if (error instanceof WebhookError && inputErrors.has(error.code)) throw error;
    if (!(await getCaller())) throw new WebhookError('not_signed_in', { cause: error });
    throw error;
  }
}

const inputErrors: ReadonlySet<ErrorCode> = new Set([
  'unknown_event',
  'validation_failed',
  'payload_not_json',
  'payload_too_large',
  'payload_too_deep',
  'idempotency_key_reused',
  'secret_key_refused',
]);

async function triggerAs(
  client: SupabaseClient,
  eventType: string,
  payload: unknown,
  options: TriggerOptions,
): Promise<TriggerResult> {
  try {
    const result = await traceTrigger(eventType, (traceparent) =>
      emit(client, eventType, payload, options, traceparent),
    );
    countTrigger('accepted');
    return result;
  } catch (error) {
    countTrigger(error instanceof WebhookError ? error.code : 'internal');
    throw error;
  }
}

async function emit(
  client: SupabaseClient,
  eventType: string,
  payload: unknown,
  options: TriggerOptions,
  traceparent: string | undefined,
): Promise<TriggerResult> {
  if (!isTriggerable(eventType)) throw new WebhookError('unknown_event');
  const { idempotencyKey } = options;
  if (idempotencyKey !== undefined && (idempotencyKey === '' || idempotencyKey.length > 255)) {
    throw new WebhookError('validation_failed', {
      errors: [
        {
          path: 'idempotency_key',
          code: 'idempotency_key_length',
          message: 'Use a key of 1 to 255 characters.',
        },
      ],
    });
  }
  const [event] = await emitEvents(client, [
    { event_type: eventType, payload: payloadJson(payload), idempotency_key: idempotencyKey, traceparent },
  ]);
  if (!event) throw new Error('emit_webhook_events answered nothing');
  if (event.deliveries > 0) wakeDrain();
  return { eventId: event.event_id, deliveries: event.deliveries };
}
