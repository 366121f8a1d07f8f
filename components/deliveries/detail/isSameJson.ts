/** Whether two values hold the same, whatever the order of their keys. */
export function isSameJson(before: unknown, after: unknown): boolean {
  return pretty(before) === pretty(inOrderOf(before, after));
}

export const pretty = (value: unknown) => JSON.stringify(value, null, 2) ?? '';

/** `value` with its keys in the order of `model`, as far as that has them. */
export function inOrderOf(model: unknown, value: unknown): unknown {
  if (Array.isArray(model) && Array.isArray(value))
    return value.map((item, index) => inOrderOf(model[index], item));
  if (!isObject(model) || !isObject(value)) return value;
  const known = Object.keys(model).filter((key) => Object.hasOwn(value, key));
  const keys = new Set([...known, ...Object.keys(value)]);
  return Object.fromEntries([...keys].map((key) => [key, inOrderOf(model[key], value[key])]));
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
