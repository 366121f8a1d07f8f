import { type ConditionOperator, conditionOperators } from '@/lib/domain/conditionOperators';
import type { Condition, ConditionScalar } from '@/lib/domain/conditions';

/** A condition as the form holds it; undefined is what has not been filled in. */
export type ConditionRow = {
  field: string;
  operator: ConditionOperator;
  value?: ConditionScalar | undefined;
  from?: ConditionScalar | undefined;
  to?: ConditionScalar | undefined;
};

export const emptyCondition: ConditionRow = { field: '', operator: 'is' };

export function toConditionRow({ field, operator, value }: Condition): ConditionRow {
  if (typeof value !== 'object' || value === null) return { field, operator, value };
  return { field, operator, from: value.from, to: value.to };
}

/** What the API takes for a row; what is missing is missing there too. */
export function toCondition({ field, operator, value, from, to }: ConditionRow): Condition {
  const condition = { field: field.trim(), operator };
  const kind = conditionOperators[operator];
  if (kind === 'none') return condition;
  if (kind === 'change') {
    const sides = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
    return { ...condition, value: sides };
  }
  if (value === undefined) return condition;
  return { ...condition, value: kind === 'text' && value !== null ? String(value) : value };
}

/** Whether a row says enough to be asked of events. */
export function isComplete(row: ConditionRow): boolean {
  const { field, value } = toCondition(row);
  const kind = conditionOperators[row.operator];
  if (field === '' || kind === 'none') return field !== '';
  if (kind === 'change') return row.from !== undefined || row.to !== undefined;
  if (kind === 'text') return typeof value === 'string' && value !== '';
  return value !== undefined && (kind === 'scalar' || value !== '');
}

const isNumeric = (text: string) =>
  String(Number(text)) === text && Number.isSafeInteger(Math.trunc(Number(text)));

/**
 * What a typed text stands for: of the type that the field has in past events, where they have one only. A field that nobody
 * has seen is a number where something is larger or smaller.
 * @param types the JSON types of the field in past events
 */
export function typedValue(
  text: string,
  operator: ConditionOperator,
  types: readonly string[],
): ConditionScalar | undefined {
  if (text === '') return undefined;
  const held = types.filter((type) => ['string', 'number', 'boolean'].includes(type));
  const [only] = held.length === 1 ? held : [];
  const kind = conditionOperators[operator];
  if (
    kind !== 'text' &&
    isNumeric(text) &&
    (only ?? (kind === 'orderable' ? 'number' : 'string')) === 'number'
  ) {
    return Number(text);
  }
  if (
    (kind === 'scalar' || kind === 'change') &&
    only === 'boolean' &&
    (text === 'true' || text === 'false')
  ) {
    return text === 'true';
  }
  return text;
}

/** The same digits as the other type; undefined where there is no other one. */
export function otherType(value: ConditionScalar | undefined): ConditionScalar | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && isNumeric(value) ? Number(value) : undefined;
}
