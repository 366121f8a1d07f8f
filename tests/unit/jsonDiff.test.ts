import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type DiffLine, foldUnchanged, jsonDiff } from '@/components/deliveries/detail/jsonDiff';

const changes = (before: unknown, after: unknown) =>
  jsonDiff(before, after).filter(({ change }) => change !== 'same');

const without = (lines: DiffLine[], gone: DiffLine['change']) =>
  JSON.parse(
    lines
      .filter(({ change }) => change !== gone)
      .map(({ text }) => text)
      .join('\n')
      // What both have is written as the latter has it, commas too.
      .replace(/,?(\n\s*[\]}])/g, '$1')
      .replace(/([^,{[\n])(\n\s*[^\s\]}])/g, '$1,$2'),
  );

test('a difference holds both values whole', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 3 }), fc.jsonValue({ maxDepth: 3 }), (before, after) => {
      const lines = jsonDiff(before, after);
      expect(without(lines, 'added')).toEqual(JSON.parse(JSON.stringify(before)));
      expect(without(lines, 'removed')).toEqual(JSON.parse(JSON.stringify(after)));
    }),
  );
});

test('the order of keys and a comma are no difference', () => {
  expect(changes({ a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 })).toEqual([]);
  expect(changes({ a: 1 }, { a: 1, b: 2 })).toEqual([{ change: 'added', text: '  "b": 2' }]);
  expect(changes([1, 2], [2, 1])).not.toEqual([]);
});

test('keys stand in the order of the former value', () => {
  const lines = jsonDiff({ nom: 'A', age: 1 }, { ville: 'B', age: 2, nom: 'A' });
  expect(lines.map(({ text }) => text.trim())).toEqual([
    '{',
    '"nom": "A",',
    '"age": 1',
    '"age": 2,',
    '"ville": "B"',
    '}',
  ]);
});

test('values with nothing in common are not compared for long', () => {
  const long = (word: string) => Array.from({ length: 9000 }, (_, n) => `${word} ${n}`);
  expect(jsonDiff(long('before'), long('after')).length).toBeGreaterThanOrEqual(18_002);
}, 5000);

test('long unchanged stretches fold, what surrounds a change does not', () => {
  const before = Array.from({ length: 40 }, (_, n) => n);
  const blocks = foldUnchanged(jsonDiff(before, before.with(20, 99)));
  expect(blocks.map((block) => [block.collapsed, block.lines.length])).toEqual([
    [true, 18],
    [false, 8],
    [true, 17],
  ]);
});
