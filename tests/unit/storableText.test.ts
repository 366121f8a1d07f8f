import fc from 'fast-check';
import { expect, it } from 'vitest';
import { storableText } from '@/lib/domain/storableText';

it('leaves no NUL and no lone surrogate, and nothing beyond the limit', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.array(fc.nat(0xffff)), fc.nat(40), (text, units, limit) => {
      const hostile = text + String.fromCharCode(...units);
      const stored = storableText(hostile, limit);
      expect(stored.length).toBeLessThanOrEqual(limit);
      expect(stored).not.toContain('\0');
      expect(stored.isWellFormed()).toBe(true);
    }),
  );
});

it('leaves ordinary text alone', () => {
  expect(storableText('déjà vu 👍\n')).toBe('déjà vu 👍\n');
  expect(storableText('a\0b\ud800')).toBe('a\uFFFDb\uFFFD');
});
