import { z } from 'zod';
import { type Condition, conditionsSchema } from './conditions';
import { customHeadersSchema } from './customHeaders';
import { givenText } from './givenText';
import { isoTime } from './isoTime';
import { subscriptionsSchema } from './subscription';
import { targetUrlSchema, type UrlPolicy } from './targetUrl';
import { webhookDefaults } from './webhookDefaults';

/** Largest transform script, in UTF-8 bytes. */
export const maxScriptBytes = 64 * 1024;

const webhookStatuses = ['active', 'inactive'] as const;
export type WebhookStatus = (typeof webhookStatuses)[number];

/** `envelope`: { event_type, payload, timestamp }. `raw`: the transform's result is the whole body. */
export const bodyFormats = ['envelope', 'raw'] as const;
export type BodyFormat = (typeof bodyFormats)[number];

/** What becomes of a retry whose record has been delivered in a newer state since. */
const staleRetries = ['send', 'skip'] as const;

/** Why the system, and not a person, switched a webhook off. */
const disabledReasons = [
  'gone', // the receiver answered 410
  'failing', // nothing has reached the receiver for 5 days
] as const;

const utf8Bytes = (text: string) => new TextEncoder().encode(text).length;

/** What a configuration calls a webhook. */
export const slugSchema = z
  .string('slug_invalid')
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'slug_invalid')
  .max(63, 'slug_invalid');

const fields = (policy: UrlPolicy) => ({
  name: givenText('name_required').trim().min(1, 'name_required').max(120, 'name_too_long'),
  url: targetUrlSchema(policy),
  description: givenText().trim().max(1000, 'description_too_long'),
  events: subscriptionsSchema,
  conditions: conditionsSchema,
  headers: customHeadersSchema,
  status: z.enum(webhookStatuses),
  transform_enabled: z.boolean(),
  transform_script: givenText().refine((script) => utf8Bytes(script) <= maxScriptBytes, 'script_too_large'),
  retry_enabled: z.boolean(),
  max_retries: z.int('max_retries_range').min(0, 'max_retries_range').max(20, 'max_retries_range'),
  retry_refusals: z.boolean(),
  retry_delay: z.int('retry_delay_range').min(1, 'retry_delay_range').max(3600, 'retry_delay_range'),
  timeout_ms: z.int('timeout_range').min(1000, 'timeout_range').max(30_000, 'timeout_range'),
  seed_signature_enabled: z.boolean(),
  body_format: z.enum(bodyFormats),
  max_in_flight: z.int('max_in_flight_range').min(1, 'max_in_flight_range').max(100, 'max_in_flight_range'),
  rate_limit: z.int('rate_limit_range').min(1, 'rate_limit_range').max(1000, 'rate_limit_range').nullable(),
  ordered: z.boolean(),
  order_waits: z.boolean(),
  stale_retries: z.enum(staleRetries),
  skip_own_changes: z.boolean(),
  coalesce_seconds: z
    .int('coalesce_seconds_range')
    .min(0, 'coalesce_seconds_range')
    .max(300, 'coalesce_seconds_range'),
});

type TransformFields = { transform_enabled?: boolean | undefined; transform_script?: string | undefined };
const enabledScriptIsThere = (webhook: TransformFields) =>
  !webhook.transform_enabled ||
  webhook.transform_script === undefined ||
  webhook.transform_script.trim() !== '';
const scriptRequired = { message: 'script_required', path: ['transform_script'] };

/**
 * The whole of a webhook's settings: what the form edits and `POST /api/webhooks` takes. Every message is a
 * stable code (see `fieldErrorCodes`). Script syntax is checked by the service, in the sandbox.
 * @param policy which URLs this installation allows
 */
export function webhookInputSchema(policy: UrlPolicy) {
  const field = fields(policy);
  const defaults = webhookDefaults;
  return z
    .strictObject({
      ...field,
      slug: slugSchema.optional(), // made from the name
      description: field.description.default(defaults.description),
      conditions: field.conditions.default(defaults.conditions),
      headers: field.headers.default(defaults.headers),
      status: field.status.default(defaults.status),
      transform_enabled: field.transform_enabled.default(defaults.transform_enabled),
      transform_script: field.transform_script.default(defaults.transform_script),
      retry_enabled: field.retry_enabled.default(defaults.retry_enabled),
      max_retries: field.max_retries.default(defaults.max_retries),
      retry_refusals: field.retry_refusals.default(defaults.retry_refusals),
      retry_delay: field.retry_delay.default(defaults.retry_delay),
      timeout_ms: field.timeout_ms.default(defaults.timeout_ms),
      seed_signature_enabled: field.seed_signature_enabled.default(defaults.seed_signature_enabled),
      body_format: field.body_format.default(defaults.body_format),
      max_in_flight: field.max_in_flight.default(defaults.max_in_flight),
      rate_limit: field.rate_limit.default(defaults.rate_limit),
      ordered: field.ordered.default(defaults.ordered),
      order_waits: field.order_waits.default(defaults.order_waits),
      stale_retries: field.stale_retries.default(defaults.stale_retries),
      skip_own_changes: field.skip_own_changes.default(defaults.skip_own_changes),
      coalesce_seconds: field.coalesce_seconds.default(defaults.coalesce_seconds),
    })
    .refine(enabledScriptIsThere, scriptRequired);
}

/**
 * The part of the settings that `PATCH /api/webhooks/{id}` changes: any of the fields, at least one. With
 * `status: 'active'`, `waiting` says what becomes of the deliveries that waited meanwhile.
 */
export function webhookPatchSchema(policy: UrlPolicy) {
  return z
    .strictObject({ ...fields(policy), slug: slugSchema, waiting: z.enum(['send', 'cancel']) })
    .partial()
    .refine((patch) => Object.keys(patch).length > 0, 'nothing_to_change')
    .refine(enabledScriptIsThere, scriptRequired);
}

/** A webhook of a configuration: what it says of one that there is. A new one is a `webhookInputSchema`. */
export const configuredWebhookSchema = (policy: UrlPolicy) =>
  z
    .strictObject(fields(policy))
    .partial()
    .extend({ slug: slugSchema })
    .refine(enabledScriptIsThere, scriptRequired);

export type WebhookInput = z.output<ReturnType<typeof webhookInputSchema>>;
export type WebhookPatch = z.output<ReturnType<typeof webhookPatchSchema>>;

/** Of a webhook whose receiver has only failed since its last success, or asked us to wait. */
export const webhookHealthSchema = z.object({
  /** When the first of these failures came; null when the last attempt that counts succeeded. */
  failing_since: isoTime.nullable(),
  /** Attempts that failed in a row, refusals and outages alike. */
  failures: z.number(),
  /** The circuit breaker: nothing is sent until then; after it one delivery tries. Null while it is closed. */
  paused_until: isoTime.nullable(),
  /** The receiver asked to be left alone until then (429, or 503 with Retry-After). Null or past: it does not. */
  held_until: isoTime.nullable(),
  /** The answer that asked for it. */
  held_status: z.number().nullable(),
  /** What the latest of the failures in a row was answered; null where nothing was: the kind says what happened. */
  last_status_code: z.number().nullable(),
  last_error_kind: z.string().nullable(),
});
export type WebhookHealth = z.infer<typeof webhookHealthSchema>;

/** A webhook as stored, without its secrets. Times are ISO 8601 in UTC. */
export const webhookSchema = z.object({
  id: z.string(),
  /** What a configuration calls it: unique, made from the name, kept when that changes. */
  slug: z.string(),
  name: z.string(),
  url: z.string(),
  description: z.string(),
  events: z.array(z.string()),
  /** What must hold of an event's payload, or it makes no delivery. */
  conditions: z.array(z.custom<Condition>().meta({ override: { $ref: '#/components/schemas/Condition' } })),
  headers: z.record(z.string(), z.string()),
  status: z.enum(webhookStatuses),
  /** Set when the system switched it off. */
  disabled_reason: z.enum(disabledReasons).nullable(),
  transform_enabled: z.boolean(),
  transform_script: z.string(),
  retry_enabled: z.boolean(),
  max_retries: z.number(),
  /** Whether an answer 4xx (but 408, 425, 429) is tried again. */
  retry_refusals: z.boolean(),
  /** Seconds before the first retry. */
  retry_delay: z.number(),
  /** Milliseconds for one whole exchange. */
  timeout_ms: z.number(),
  seed_signature_enabled: z.boolean(),
  body_format: z.enum(bodyFormats),
  /** Most requests at one moment. */
  max_in_flight: z.number(),
  /** Most requests a second; null for no limit. */
  rate_limit: z.number().nullable(),
  /** Deliveries of one record go out one after the other, in the order of their events. */
  ordered: z.boolean(),
  /** Of an ordered one: after a delivery that failed for good, nothing of its record is sent until somebody decides. */
  order_waits: z.boolean(),
  /** Whether a retry is sent whose record has been delivered in a newer state since. */
  stale_retries: z.enum(staleRetries),
  /** It does not get events of changes that were made on its own account (`X-DevLink-Origin`). */
  skip_own_changes: z.boolean(),
  /** Changes of a record within so many seconds become one delivery; 0: each has its own. */
  coalesce_seconds: z.number(),
  created_at: isoTime,
  updated_at: isoTime,
  /** Another one after each change: the `ETag`, and what `If-Match` asks for. `updated_at` to the microsecond. */
  version: z.string(),
  /** Null when the last attempt succeeded, or none was made. */
  health: webhookHealthSchema.nullable(),
});
export type Webhook = z.infer<typeof webhookSchema>;

/** One hour of a webhook's attempts. */
const hourlyStatsSchema = z.object({
  hour: isoTime,
  /** Deliveries that ended in success in this hour. */
  succeeded: z.number(),
  /** Deliveries given up in this hour. */
  failed: z.number(),
  /** Attempts that failed and will be tried again. */
  retried: z.number(),
});
export type HourlyStats = z.infer<typeof hourlyStatsSchema>;

/** A webhook in the list: header values masked, with what happened in the last 24 hours. */
export const webhookListItemSchema = webhookSchema.omit({ transform_script: true }).extend({
  /** Only hours in which something happened, oldest first. */
  last_24h: z.array(hourlyStatsSchema),
  /** Deliveries waiting or in flight, counted up to 1,000. */
  waiting: z.number(),
  last_delivery_at: isoTime.nullable(),
});
export type WebhookListItem = z.infer<typeof webhookListItemSchema>;

/** Whether something answers at a URL; else why it seems that nothing does. */
export const probeResultSchema = z.object({
  reachable: z.boolean(),
  error_kind: z.string().optional(),
  message: z.string().optional(),
});
export type ProbeResult = z.infer<typeof probeResultSchema>;

/** Both secrets of a webhook: `secret_key` for the seed's header, `signing_secret` for Standard Webhooks. */
export const webhookSecretsSchema = z.object({
  secret_key: z.string(),
  signing_secret: z.string(),
  /** Until when the former signing secret signs too; null when no rotation overlaps. */
  previous_expires_at: isoTime.nullable(),
});
export type WebhookSecrets = z.infer<typeof webhookSecretsSchema>;
