import { describe, expect, it } from 'vitest';
import { exceedsBytes, payloadJson } from '@/lib/domain/payloadJson';

const nested = (depth: number) => JSON.parse('['.repeat(depth) + ']'.repeat(depth));
const cycle: { self?: unknown } = {};
cycle.self = cycle;

describe('payloadJson', () => {
  it.each([
    ['nothing', undefined, 'payload_not_json'],
    ['null', null, 'payload_not_json'],
    ['a function', () => 1, 'payload_not_json'],
    ['a big integer', 1n, 'payload_not_json'],
    ['a cycle', cycle, 'payload_not_json'],
    ['an object that becomes null', { toJSON: () => null }, 'payload_not_json'],
    ['U+0000', { a: 'x\0y' }, 'payload_not_json'],
    ['U+0000 in a key', { 'a\0': 1 }, 'payload_not_json'],
    ['U+0000 after a backslash', { a: '\\\0' }, 'payload_not_json'],
    ['half of a surrogate pair', { a: '\uD83D' }, 'payload_not_json'],
    ['the other half', ['\uDE00'], 'payload_not_json'],
    ['halves in the wrong order', ['\uDE00\uD83D'], 'payload_not_json'],
    ['201 levels', nested(201), 'payload_too_deep'],
    ['100,000 levels', nested(100_000), 'payload_too_deep'],
    ['256 KiB and a byte', 'x'.repeat(262_143), 'payload_too_large'],
    ['256 KiB and a byte, of two bytes each', `${'é'.repeat(131_071)}x`, 'payload_too_large'],
  ])('refuses %s', (_what, payload, code) => {
    expect(() => payloadJson(payload)).toThrow(expect.objectContaining({ code }));
  });

  it.each([
    ['200 levels', nested(200)],
    ['256 KiB', 'é'.repeat(131_071)],
    ['400 arrays side by side', Array(400).fill([])],
    ['brackets in strings', ['[{'.repeat(400), '"[\\"[', '\\']],
    ['what only looks like an escape', ['\\u0000', '\\\\ud83d', '🚀']],
    ['false, zero, nothing much', [false, 0, '']],
  ])('takes %s', (_what, payload) => {
    expect(payloadJson(payload)).toBe(JSON.stringify(payload));
  });
});

it('bytes are counted in UTF-8', () => {
  expect(exceedsBytes('é'.repeat(5), 10)).toBe(false);
  expect(exceedsBytes('é'.repeat(5), 9)).toBe(true);
  expect(exceedsBytes('🚀', 4)).toBe(false);
  expect(exceedsBytes('🚀', 3)).toBe(true);
});
