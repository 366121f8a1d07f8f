import { z } from 'zod';
import type { SubscribableEventType, WebhookEventType } from './eventTypes';

const id = z.string().describe('UUID');
const time = z.string().describe('ISO 8601');

/*
 * The schemas document the usual shape and give the types. They are loose and mostly optional on purpose:
 * a trigger may carry any JSON object (the seed's own samples send partial leads), so that a CRM column
 * added tomorrow needs no change here.
 */
const lead = z.looseObject({
  id,
  nom: z.string().optional(),
  prenom: z.string().nullish(),
  email: z.string().nullish(),
  telephone: z.string().nullish(),
  statut: z.string().optional(),
  created_at: time.optional(),
});
const fields = z.record(z.string(), z.unknown()).optional();
/** The fields that changed, as they are now and as they were; a trigger by hand may say the former alone. */
const updated = z.looseObject({ id, changes: fields, previous: fields });
const leadStatusChanged = z.looseObject({
  id,
  ancien_statut: z.string().optional(),
  nouveau_statut: z.string().optional(),
});
const appointment = z.looseObject({
  id,
  lead_id: z.string().nullish(),
  titre: z.string().optional(),
  debut: time.optional(),
  fin: time.optional(),
  lieu: z.string().nullish(),
  statut: z.string().optional(),
});
const appointmentCancelled = z.looseObject({ id, motif: z.string().nullish(), annule_le: time.optional() });
const file = z.looseObject({
  id,
  lead_id: z.string().nullish(),
  nom: z.string().optional(),
  type_mime: z.string().nullish(),
  taille: z.number().nullish().describe('octets'),
  created_at: time.optional(),
});
const webhookDisabled = z.object({
  id,
  name: z.string(),
  reason: z.enum(['gone', 'failing']).describe('gone: 410; failing: 5 days of failures'),
  disabled_at: time,
});

const localized = z.object({ fr: z.string(), en: z.string() });
/** Why a delivery failed, and what to do about it. */
const failure = {
  attempts: z.number(),
  last_attempt: z
    .object({
      started_at: time,
      duration_ms: z.number(),
      status_code: z.number().nullable(),
      error_kind: z.string().nullable(),
      error_message: z.string().nullable(),
    })
    .nullable(),
  title: localized.nullable(),
  cause: localized.nullable(),
  cure: localized.nullable(),
};
const told = z.object({ id, type: z.string(), occurred_at: time });
const link = z.string().describe('path in the console');
const waiting = z.number().describe('deliveries that wait, counted up to 10,000');
const webhookFailing = z.object({
  id,
  name: z.string(),
  reason: z.enum(['paused', 'rate']).describe('paused: nothing gets through; rate: under 90% in 24 hours'),
  since: time,
  success_rate: z.number().nullable().describe('of the deliveries that ended in the last 24 hours, 0 to 1'),
  waiting,
  link,
  delivery: z.object({ id, event: told, record_id: z.string().nullable(), link, ...failure }),
});
const webhookRecovered = z.object({
  id,
  name: z.string(),
  reasons: z.array(z.enum(['paused', 'rate', 'exhausted'])).describe('what is over'),
  since: time,
  recovered_at: time,
  lasted_seconds: z.number(),
  waiting,
  link,
});
const deliveryExhausted = z.object({
  id: z.string().nullable().describe('of the record'),
  lead_id: z.string().nullable(),
  record_label: z.string().nullable(),
  webhook: z.object({ id, name: z.string() }),
  delivery_id: id,
  event: told,
  since: time,
  waiting,
  link,
  ...failure,
});

/** The usual shape of each event's payload. Apart from the catalogue, so that no list of names brings zod along. */
export const eventSchemas = {
  'lead.created': lead,
  'lead.updated': updated,
  'lead.deleted': lead,
  'lead.status_changed': leadStatusChanged,
  'appointment.created': appointment,
  'appointment.updated': updated,
  'appointment.cancelled': appointmentCancelled,
  'file.uploaded': file,
  'file.deleted': file,
  'webhook.disabled': webhookDisabled,
  'webhook.failing': webhookFailing,
  'webhook.recovered': webhookRecovered,
  'delivery.exhausted': deliveryExhausted,
} as const satisfies Record<SubscribableEventType, z.ZodType>;

/**
 * Payloads of further event types, by name: `npm run types:events` declares them from the registry.
 * @public
 */
// biome-ignore lint/suspicious/noEmptyInterface: to be added to by declaration
export interface RegisteredEventPayloads {}

/** A name of an event type that may be triggered: those that are known, and any other one of the registry. */
export type EventName = WebhookEventType | keyof RegisteredEventPayloads | (string & {});

/** The event data that a trigger of type `E` carries. */
export type EventPayload<E extends EventName> = E extends WebhookEventType
  ? z.input<(typeof eventSchemas)[E]>
  : E extends keyof RegisteredEventPayloads
    ? RegisteredEventPayloads[E]
    : unknown;
