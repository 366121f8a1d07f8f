/**
 * The fields of `after` whose value differs from `before`: the `changes` of an updated event. Times are the
 * same when they name the same moment.
 */
export function changedFields<T extends object>(before: T, after: Partial<T>): Partial<T> {
  const entries = Object.entries(after) as [keyof T, T[keyof T]][];
  return Object.fromEntries(
    entries.filter(([name, value]) => value !== undefined && !sameValue(before[name], value)),
  ) as Partial<T>;
}

const timePattern = /^\d{4}-\d\d-\d\dT/;

function sameValue(left: unknown, right: unknown): boolean {
  if (
    typeof left !== 'string' ||
    typeof right !== 'string' ||
    !timePattern.test(left) ||
    !timePattern.test(right)
  )
    return left === right;
  return Date.parse(left) === Date.parse(right);
}
