import { z } from 'zod';
import { eventNameForm, isEventName, isTriggerable } from './eventName';
import { givenText } from './givenText';
import { isoTime } from './isoTime';
import { isShallow } from './payloadJson';

/** What is done with a payload that does not fit its schema: nothing; the answer says so; it is refused. */
export const schemaModes = ['document', 'warning', 'gate'] as const;

const fits = (most: number) => (value: unknown) =>
  isShallow(value) && new TextEncoder().encode(JSON.stringify(value)).length <= most;
const texts = (most: number) =>
  z.strictObject({
    fr: givenText().trim().max(most, 'text_too_long'),
    en: givenText().trim().max(most, 'text_too_long'),
  });
const jsonSchema = z.record(z.string(), z.unknown(), 'schema_invalid').refine(fits(65_536), 'schema_invalid');

const fields = {
  labels: texts(200),
  descriptions: texts(1000),
  /** A JSON Schema (2020-12); `infer`: the one that the sample tells. */
  schema: z.union([z.literal('infer'), jsonSchema], 'schema_invalid').nullable(),
  schema_mode: z.enum(schemaModes),
  sample: z
    .record(z.string(), z.unknown(), 'sample_invalid')
    .refine(fits(65_536), 'sample_invalid')
    .nullable(),
  /** Where the payload has what people call the record, such as `["prenom", "nom"]`. */
  label_paths: z
    .array(givenText().trim().min(1, 'label_path_invalid').max(200, 'label_path_invalid'))
    .max(10, 'label_path_invalid'),
};

/** What `POST /api/event-types` takes. Messages are codes of `fieldErrorMessages`. */
export const eventTypeInputSchema = z.strictObject({
  name: givenText('event_name_invalid')
    .refine(isEventName, 'event_name_invalid')
    .refine((name) => !isEventName(name) || isTriggerable(name), 'event_kind_reserved')
    .meta(eventNameForm),
  labels: fields.labels.optional(),
  descriptions: fields.descriptions.default({ fr: '', en: '' }),
  schema: fields.schema.default(null),
  schema_mode: fields.schema_mode.default('document'),
  sample: fields.sample.default(null),
  label_paths: fields.label_paths.default([]),
});
export type EventTypeInput = z.output<typeof eventTypeInputSchema>;

/** What `PATCH /api/event-types/{name}` takes: any of the fields; `deprecated: false` takes a deprecation back. */
export const eventTypePatchSchema = z
  .strictObject({ ...fields, deprecated: z.boolean() })
  .partial()
  .refine((patch) => Object.keys(patch).length > 0, 'nothing_to_change');
export type EventTypePatch = z.output<typeof eventTypePatchSchema>;

const storedTexts = z.object({ fr: z.string().default(''), en: z.string().default('') });

/** An event type of the registry. Times are ISO 8601 in UTC. */
export const eventTypeSchema = z.object({
  name: z.string(),
  kind: z.string(),
  labels: storedTexts,
  descriptions: storedTexts,
  schema: z.record(z.string(), z.unknown()).nullable(),
  schema_mode: z.enum(schemaModes),
  sample: z.unknown(),
  label_paths: z.array(z.string()),
  /** The table that tells it by itself; null: only code triggers it. */
  source: z.string().nullable(),
  /** Since when nothing new should listen to it; null: it is in use. */
  deprecated_at: isoTime.nullable(),
  created_at: isoTime,
  updated_at: isoTime,
});
export type EventType = z.infer<typeof eventTypeSchema>;
