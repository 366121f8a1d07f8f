import { diffJson } from 'diff';
import { inOrderOf, pretty } from './isSameJson';

export type DiffLine = { change: 'same' | 'added' | 'removed'; text: string };

/** Beyond this many milliseconds both are shown whole, the former as removed and the latter as added. */
const longest = 500;

/** The differences between two values as lines of JSON: the order of keys, and commas, are none. */
export function jsonDiff(before: unknown, after: unknown): DiffLine[] {
  const left = pretty(before);
  const right = pretty(inOrderOf(before, after));
  const parts = diffJson(left, right, { timeout: longest }) ?? [
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

export type DiffBlock = { lines: DiffLine[]; collapsed: boolean };

/** Long stretches without a change as blocks of their own, so that they can be folded; `context` lines stay around changes. */
export function foldUnchanged(lines: DiffLine[], context = 3): DiffBlock[] {
  const near = new Array<boolean>(lines.length).fill(false);
  lines.forEach((line, index) => {
    if (line.change === 'same') return;
    near.fill(true, Math.max(0, index - context), index + context + 1);
  });
  const blocks: DiffBlock[] = [];
  lines.forEach((line, index) => {
    const collapsed = !near[index];
    const last = blocks.at(-1);
    if (last?.collapsed === collapsed) last.lines.push(line);
    else blocks.push({ lines: [line], collapsed });
  });
  return blocks.map((block) => ({ ...block, collapsed: block.collapsed && block.lines.length > 3 }));
}
