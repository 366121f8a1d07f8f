/* Without the library that checks conditions, which the form fetches later. */

/** Most conditions of one webhook. */
export const maxConditions = 20;

/** What a condition may ask, and what its value must be. */
export const conditionOperators = {
  is: 'scalar',
  is_not: 'scalar',
  contains: 'text',
  begins_with: 'text',
  gt: 'orderable',
  gte: 'orderable',
  lt: 'orderable',
  lte: 'orderable',
  present: 'none',
  absent: 'none',
  changed: 'none',
  changed_from_to: 'change',
} as const;
export type ConditionOperator = keyof typeof conditionOperators;
