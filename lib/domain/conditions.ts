import { z } from 'zod';
import { type ConditionOperator, conditionOperators, maxConditions } from './conditionOperators';
import { givenText } from './givenText';
import { isoTime } from './isoTime';

/** Longest field name and longest text of a value, in characters. */
const longest = 200;

const isShort = (text: string) => [...text].length <= longest;

const fieldSchema = givenText('condition_field_invalid')
  .refine(isShort, 'text_too_long')
  // Names with dots between, at most ten. An empty one is what a person has not filled in yet.
  .regex(/^[^.\p{Cc}]+(\.[^.\p{Cc}]+){0,9}$/u, 'condition_field_invalid');

const text = (code: string) => givenText(code).refine(isShort, 'text_too_long');
/** Numbers only as far as JavaScript reads them as they are written. */
const number = z
  .number()
  .min(-Number.MAX_SAFE_INTEGER, 'condition_value_number')
  .max(Number.MAX_SAFE_INTEGER, 'condition_value_number');
const scalarSchema = z.union(
  [text('condition_value_scalar'), number, z.boolean(), z.null()],
  'condition_value_scalar',
);

const valueSchemas = {
  scalar: scalarSchema,
  text: text('condition_value_text').min(1, 'condition_value_text'),
  orderable: z.union(
    [text('condition_value_orderable').min(1, 'condition_value_orderable'), number],
    'condition_value_orderable',
  ),
  change: z
    .strictObject(
      { from: scalarSchema.optional(), to: scalarSchema.optional() },
      { error: (issue) => (issue.code === 'unrecognized_keys' ? undefined : 'condition_value_change') },
    )
    .refine(({ from, to }) => from !== undefined || to !== undefined, 'condition_value_change'),
};

const conditionOf = <V extends keyof typeof valueSchemas>(operator: ConditionOperator, kind: V) =>
  z.strictObject({ field: fieldSchema, operator: z.literal(operator), value: valueSchemas[kind] });
const conditionWithout = (operator: ConditionOperator) =>
  z.strictObject({ field: fieldSchema, operator: z.literal(operator) });
const schemaOf = (operator: ConditionOperator) => {
  const kind = conditionOperators[operator];
  return kind === 'none' ? conditionWithout(operator) : conditionOf(operator, kind);
};

/** A value that a field is compared with. */
export type ConditionScalar = string | number | boolean | null;
/** What a condition compares with; `changed_from_to` takes either side or both. */
type ConditionValue = ConditionScalar | { from?: ConditionScalar; to?: ConditionScalar };

/** One row: a field of the payload, names with dots between, and what must hold of it. */
export type Condition = { field: string; operator: ConditionOperator; value?: ConditionValue | undefined };

const operators = Object.keys(conditionOperators) as [ConditionOperator, ...ConditionOperator[]];
/** One condition. */
export const conditionSchema = z.discriminatedUnion(
  'operator',
  operators.map(schemaOf) as unknown as [ReturnType<typeof conditionWithout>],
  { error: (issue) => (issue.code === 'invalid_union' ? 'condition_operator_unknown' : 'condition_invalid') },
) as unknown as z.ZodType<Condition, Condition>;

/**
 * The conditions of a webhook: all must hold of an event's payload, or it makes no delivery. No issue's path goes deeper than
 * the field. The database takes the same (`webhook_conditions_are_valid`).
 */
export const conditionsSchema = z
  .array(conditionSchema, 'conditions_invalid')
  .max(maxConditions, 'conditions_too_many');

/** What `POST /api/webhooks/conditions/preview` takes. */
export const conditionPreviewInputSchema = z.strictObject({
  conditions: conditionsSchema.default([]),
  events: z.array(givenText().max(64, 'text_too_long'), 'events_required').min(1, 'events_required').max(100),
  limit: z.int().min(1).max(50).default(20),
});
export type ConditionPreviewInput = z.output<typeof conditionPreviewInputSchema>;

/** What conditions would have let through of the last events. */
export const conditionPreviewSchema = z.object({
  /** Newest first. */
  events: z.array(
    z.object({
      id: z.string(),
      event_type: z.string(),
      occurred_at: isoTime,
      record_id: z.string().nullable(),
      record_label: z.string().nullable(),
      meets: z.boolean(),
    }),
  ),
  /** The fields of these events: JSON types, and some of the values. */
  fields: z.array(
    z.object({
      field: z.string(),
      types: z.array(z.string()),
      values: z.array(z.union([z.string(), z.number(), z.boolean()])),
    }),
  ),
  /** Fields of the conditions that none of these events has. */
  unseen_fields: z.array(z.string()),
});
export type ConditionPreview = z.infer<typeof conditionPreviewSchema>;
