import type { Condition, ConditionScalar } from '@/lib/domain/conditions';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** What a condition says of a payload, written a second time and in another way than the database does it. */
export function meets(payload: Json, { field, operator, value }: Condition): boolean {
  const names = field.split('.');
  const any = (test: (found: Json) => boolean, from: Json = payload) => found(from, names).some(test);
  const equals = (to: ConditionScalar | undefined) => (one: Json) => one === to;
  const text = typeof value === 'string' ? value.toLowerCase() : '';
  const changes = member(payload, 'changes');
  const previous = member(payload, 'previous');
  switch (operator) {
    case 'is':
      return any(equals(value as ConditionScalar));
    case 'is_not':
      return !any(equals(value as ConditionScalar));
    case 'contains':
      return any((one) => typeof one === 'string' && one.toLowerCase().includes(text));
    case 'begins_with':
      return any((one) => typeof one === 'string' && one.toLowerCase().startsWith(text));
    case 'gt':
      return any((one) => compare(one, value) > 0);
    case 'gte':
      return any((one) => compare(one, value) >= 0);
    case 'lt':
      return any((one) => compare(one, value) < 0);
    case 'lte':
      return any((one) => compare(one, value) <= 0);
    case 'present':
      return any((one) => one !== null && one !== '');
    case 'absent':
      return !any((one) => one !== null && one !== '');
    case 'changed':
      return changes.some((one) => walked(one, names).length > 0);
    case 'changed_from_to': {
      const { from, to } = value as { from?: ConditionScalar; to?: ConditionScalar };
      const isNow = to === undefined ? () => true : equals(to);
      return (
        changes.some((one) => (to === undefined ? walked(one, names) : found(one, names)).some(isNow)) &&
        (from === undefined || previous.some((one) => any(equals(from), one)))
      );
    }
  }
}

/** The values of a field; arrays on the way, and the one at the end, stand for their elements. */
const found = (from: Json, names: string[]): Json[] =>
  walked(from, names).flatMap((one) => (Array.isArray(one) ? one.flat() : [one])) as Json[];

const walked = (from: Json, names: string[]): Json[] =>
  names.reduce<Json[]>((ones, name) => ones.flatMap((one) => member(one, name)), [from]);

function member(one: Json, name: string): Json[] {
  if (Array.isArray(one))
    return one.flatMap((element) => (Array.isArray(element) ? [] : member(element, name)));
  if (typeof one !== 'object' || one === null || !Object.hasOwn(one, name)) return [];
  return [one[name] as Json];
}

/** NaN for what is not of the same type. Texts by their code points. */
function compare(one: Json, other: unknown): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  if (typeof one !== 'string' || typeof other !== 'string') return Number.NaN;
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
