import { diffLines } from 'diff';
import type { DiffLine } from '../../deliveries/detail/jsonDiff';

/** Beyond this many milliseconds both are shown whole. */
const longest = 500;

/** The differences between two scripts, line by line. */
export function scriptDiff(before: unknown, after: unknown): DiffLine[] {
  const [left, right] = [ended(before), ended(after)];
  const parts = diffLines(left, right, { timeout: longest }) ?? [
    { removed: true, added: false, value: left },
    { removed: false, added: true, value: right },
  ];
  return parts.flatMap(({ added, removed, value }) => {
    const change = added ? 'added' : removed ? 'removed' : 'same';
    return value
      .replace(/\n$/, '')
      .split('\n')
      .map((text) => ({ change, text }) as const);
  });
}

/** A last line without an end is no other line. */
const ended = (script: unknown) => (script === '' ? '' : `${String(script).replace(/\n+$/, '')}\n`);
