import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type DiffLine, foldUnchanged, lineDiff } from '@/components/deliveries/detail/lineDiff';

const text = (lines: DiffLine[], without: DiffLine['change']) =>
  lines
    .filter((line) => line.change !== without)
    .map((line) => line.text)
    .join('\n');

const lines = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 30 }).map((list) => list.join('\n'));

test('a difference holds both texts whole', () => {
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const diff = lineDiff(before, after);
      expect(text(diff, 'added')).toBe(before);
      expect(text(diff, 'removed')).toBe(after);
    }),
  );
});

test('as few lines as possible are changed', () => {
  const changes = lineDiff('a\nb\nc\nd', 'a\nc\nx\nd').filter((line) => line.change !== 'same');
  expect(changes).toEqual([
    { change: 'removed', text: 'b', before: 2 },
    { change: 'added', text: 'x', after: 3 },
  ]);
});

test('long texts are compared without a table as large as both', () => {
  const before = Array.from({ length: 9000 }, (_, n) => `before ${n}`).join('\n');
  const after = Array.from({ length: 9000 }, (_, n) => `after ${n}`).join('\n');
  expect(lineDiff(before, after)).toHaveLength(18_000);
});

test('long unchanged stretches fold, what surrounds a change does not', () => {
  const before = Array.from({ length: 40 }, (_, n) => `${n}`).join('\n');
  const blocks = foldUnchanged(lineDiff(before, before.replace('\n20\n', '\nzwanzig\n')));
  expect(blocks.map((block) => [block.collapsed, block.lines.length])).toEqual([
    [true, 17],
    [false, 8],
    [true, 16],
  ]);
});
