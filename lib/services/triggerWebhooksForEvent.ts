import { hash } from 'node:crypto';
import {
  type AskedTrigger,
  askedTriggerSchema,
  eventProblems,
  type TriggeredEvent,
} from '@/lib/domain/askedTrigger';
import { type ErrorCode, WebhookError } from '@/lib/domain/errors';
import { isTriggerable } from '@/lib/domain/eventName';
import type { EventName, EventPayload } from '@/lib/domain/eventSchemas';
import { parseInput } from '@/lib/domain/fieldErrors';
import { payloadJson } from '@/lib/domain/payloadJson';
import { emitWithDrain } from '@/lib/engine/processDrain';
import { actingToken } from '@/lib/store/actingToken';
import { adminClient } from '@/lib/store/adminClient';
import { getCaller } from '@/lib/store/callerStore';
import { type Emitter, emitEvent } from '@/lib/store/eventStore';
import { requireSecretKey } from '@/lib/store/secretKey';
import { session } from '@/lib/store/sessionClient';
import { countTrigger } from '@/lib/telemetry/metrics';
import { traceTrigger } from '@/lib/telemetry/spans';
import { checkPayload } from './payloadRules';

export type TriggerOptions = {
  /**
   * A trigger repeated by the same caller with the same key within 24 hours is the same event; with another type or
   * payload it is refused. 1 to 255 characters.
   */
  idempotencyKey?: string | undefined;
  /** The id of the webhook on whose account it is triggered: one that skips its own changes does not get the event. */
  originWebhook?: string | undefined;
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
 *   `payload_invalid`, `idempotency_key_reused`, `database_unavailable`
 */
export async function triggerWebhooksForEvent<E extends EventName>(
  eventType: E,
  payload: EventPayload<E>,
  { idempotencyKey, originWebhook }: TriggerOptions = {},
): Promise<TriggerResult> {
  const asked = { event_type: eventType, payload, idempotency_key: idempotencyKey };
  const { event_id, deliveries } = await triggerAs(
    { client: adminClient(), claims: null, originWebhook },
    asked,
  );
  return { eventId: event_id, deliveries };
}

/**
 * The same for the person behind the current request; the event keeps who it was. The database itself asks for a
 * role, so that a trigger costs one call; only a refused one is looked into.
 * @throws WebhookError also `not_signed_in`, `forbidden`, `secret_key_refused`
 */
export async function triggerAsCaller(asked: AskedTrigger): Promise<TriggeredEvent> {
  const caller = await emitterOfCaller();
  try {
    return await triggerAs(caller, asked);
  } catch (error) {
    throw await reasonOf(error);
  }
}

/**
 * The same for many events, which may be anything: what is wrong with one of them is no matter of the others.
 * @returns what became of each, in the same order
 * @throws WebhookError `not_signed_in`, `forbidden` and the like when it is no matter of the events, and none was accepted
 */
export async function triggerEachAsCaller(events: unknown[]): Promise<(TriggeredEvent | Error)[]> {
  const caller = await emitterOfCaller();
  const outcomes = await Promise.all(
    events.map(async (event) => {
      try {
        return await triggerAs(caller, parseInput(askedTriggerSchema, event));
      } catch (error) {
        return error instanceof Error ? error : new Error(String(error));
      }
    }),
  );
  const refusal = outcomes.find((outcome) => outcome instanceof Error && !isOfTheEvent(outcome));
  if (refusal && outcomes.every((outcome) => outcome instanceof Error)) throw await reasonOf(refusal);
  return outcomes;
}

async function emitterOfCaller(): Promise<TriggeredBy> {
  const { client, claims, originWebhook } = await session();
  await requireSecretKey(async () => adminClient().rpc('webhook_schema_version'));
  return { client, claims, originWebhook, keysOf: actingToken() };
}

async function reasonOf(refusal: unknown): Promise<unknown> {
  if (isOfTheEvent(refusal) || (await getCaller())) return refusal;
  return new WebhookError('not_signed_in', { cause: refusal });
}

const eventErrors: ReadonlySet<ErrorCode> = new Set(eventProblems);

const isOfTheEvent = (error: unknown) => error instanceof WebhookError && eventErrors.has(error.code);

type TriggeredBy = Emitter & {
  originWebhook: string | undefined;
  /** The machine token whose keys are meant: to the database they are all the service's. */
  keysOf?: string | undefined;
};

async function triggerAs(emitter: TriggeredBy, asked: AskedTrigger): Promise<TriggeredEvent> {
  try {
    const event = await traceTrigger(asked.event_type, (traceparent) => emit(emitter, asked, traceparent));
    countTrigger('accepted');
    return event;
  } catch (error) {
    countTrigger(error instanceof WebhookError ? error.code : 'internal');
    throw error;
  }
}

async function emit(
  { originWebhook, keysOf, ...emitter }: TriggeredBy,
  { event_type, payload, idempotency_key }: AskedTrigger,
  traceparent: string | undefined,
): Promise<TriggeredEvent> {
  if (!isTriggerable(event_type)) throw new WebhookError('unknown_event');
  if (idempotency_key !== undefined && (idempotency_key === '' || idempotency_key.length > 255)) {
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
  const json = payloadJson(payload);
  const notes = await checkPayload(event_type, json);
  const key =
    keysOf && idempotency_key !== undefined
      ? hash('sha256', `${keysOf} ${idempotency_key}`)
      : idempotency_key;
  const event = {
    event_type,
    payload: json,
    idempotency_key: key,
    traceparent,
    origin_webhook: originWebhook,
  };
  return { ...(await emitEvent(emitter, event, emitWithDrain)), ...notes };
}
