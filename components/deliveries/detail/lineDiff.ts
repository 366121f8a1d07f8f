export type DiffLine = {
  change: 'same' | 'added' | 'removed';
  text: string;
  /** 1-based line before; undefined for an added line. */
  before?: number;
  /** 1-based line after; undefined for a removed line. */
  after?: number;
};

/** Beyond this many comparisons the differing middle is shown as removed and added as a whole. */
const mostComparisons = 4_000_000;

/** The differences between two texts, line by line: a longest common subsequence (Wagner–Fischer table). */
export function lineDiff(before: string, after: string): DiffLine[] {
  const left = before.split('\n');
  const right = after.split('\n');
  const shortest = Math.min(left.length, right.length);
  let start = 0;
  while (start < shortest && left[start] === right[start]) start++;
  let end = 0;
  while (end < shortest - start && left.at(-1 - end) === right.at(-1 - end)) end++;
  const lines: DiffLine[] = [];
  const same = (i: number, j: number) =>
    lines.push({ change: 'same', text: left[i] ?? '', before: i + 1, after: j + 1 });
  for (let i = 0; i < start; i++) same(i, i);
  lines.push(...middleDiff(left, right, start, left.length - end, right.length - end));
  for (let k = end; k > 0; k--) same(left.length - k, right.length - k);
  return lines;
}

function middleDiff(
  left: string[],
  right: string[],
  start: number,
  leftEnd: number,
  rightEnd: number,
): DiffLine[] {
  const rows = leftEnd - start;
  const columns = rightEnd - start;
  const lengths = rows * columns <= mostComparisons ? commonLengths(left, right, start, rows, columns) : null;
  const lines: DiffLine[] = [];
  const width = columns + 1;
  let i = 0;
  let j = 0;
  while (i < rows || j < columns) {
    const text = left[start + i] ?? '';
    if (lengths && i < rows && j < columns && text === right[start + j]) {
      lines.push({ change: 'same', text, before: start + i + 1, after: start + j + 1 });
      i++;
      j++;
    } else if (i < rows && (j >= columns || !lengths || at(lengths, i + 1, j) >= at(lengths, i, j + 1))) {
      lines.push({ change: 'removed', text, before: start + i + 1 });
      i++;
    } else {
      lines.push({ change: 'added', text: right[start + j] ?? '', after: start + j + 1 });
      j++;
    }
  }
  return lines;

  function at(table: Uint32Array, row: number, column: number): number {
    return table[row * width + column] ?? 0;
  }
}

/** `[i * (columns + 1) + j]`: the length of the longest common subsequence of what follows `i` and `j`. */
function commonLengths(
  left: string[],
  right: string[],
  start: number,
  rows: number,
  columns: number,
): Uint32Array {
  const width = columns + 1;
  const table = new Uint32Array((rows + 1) * width);
  for (let i = rows - 1; i >= 0; i--) {
    for (let j = columns - 1; j >= 0; j--) {
      const here = i * width + j;
      table[here] =
        left[start + i] === right[start + j]
          ? (table[here + width + 1] ?? 0) + 1
          : Math.max(table[here + width] ?? 0, table[here + 1] ?? 0);
    }
  }
  return table;
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
