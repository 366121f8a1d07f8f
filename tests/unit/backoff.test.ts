import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRetryAfter, retryDelayMs, retrySchedule } from '@/lib/domain/backoff';

const dayMs = 86_400_000;
const jitter = fc.double({ min: 0, max: 1, noNaN: true });

describe('retryDelayMs', () => {
  it('waits retry_delay × 2^retry_count, never less, at most 10% more, at most 24 h', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3600 }),
        fc.nat(2000),
        jitter,
        (retryDelay, retryCount, random) => {
          const nominal = retryDelay * 1000 * 2 ** retryCount;
          const delay = retryDelayMs({ retryDelay, retryCount, jitter: random });
          expect(delay).toBeGreaterThanOrEqual(Math.min(nominal, dayMs));
          expect(delay).toBeLessThanOrEqual(Math.min(nominal * 1.1 + 1, dayMs));
          expect(Number.isInteger(delay)).toBe(true);
        },
      ),
    );
  });

  it('is only lengthened by Retry-After, and capped', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3600 }), fc.nat(20), jitter, fc.nat(2 * dayMs), (...drawn) => {
        const [retryDelay, retryCount, random, retryAfterMs] = drawn;
        const input = { retryDelay, retryCount, jitter: random };
        const delay = retryDelayMs({ ...input, retryAfterMs });
        expect(delay).toBeGreaterThanOrEqual(retryDelayMs(input));
        expect(delay).toBeGreaterThanOrEqual(Math.min(retryAfterMs, dayMs));
        expect(delay).toBeLessThanOrEqual(dayMs);
      }),
    );
  });
});

describe('retrySchedule', () => {
  it('is the nominal waits in seconds', () => {
    expect(retrySchedule({ retryDelay: 5, maxRetries: 3 })).toEqual([5, 10, 20]);
    expect(retrySchedule({ retryDelay: 5, maxRetries: 0 })).toEqual([]);
    expect(retrySchedule({ retryDelay: 3600, maxRetries: 20 }).at(-1)).toBe(86_400);
  });
});

describe('parseRetryAfter', () => {
  const now = new Date('1994-11-06T08:49:07Z');

  it.each([
    ['120', 120_000],
    [' 0 ', 0],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 30_000],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 30_000],
    ['Sun Nov  6 08:49:37 1994', 30_000],
    ['Sun, 06 Nov 1994 08:00:00 GMT', 0],
    ['Monday, 06-Nov-95 08:49:07 GMT', 365 * dayMs],
    ['Sunday, 06-Nov-50 08:49:07 GMT', 0],
    ['Sunday, 06-Nov-05 08:49:07 GMT', 4018 * dayMs],
  ])('reads %j', (value, expected) => {
    expect(parseRetryAfter(value, now)).toBe(expected);
  });

  it.each([
    '',
    'soon',
    '-5',
    '1.5',
    '5s',
    '0x10',
    'Sun, 06 Foo 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 25:49:37 GMT',
  ])('ignores %j', (value) => expect(parseRetryAfter(value, now)).toBeNull());

  it('reads every date that JavaScript writes', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1994-11-07'), max: new Date('2500-01-01'), noInvalidDate: true }),
        (date) => {
          const whole = Math.floor(date.getTime() / 1000) * 1000;
          expect(parseRetryAfter(date.toUTCString(), now)).toBe(whole - now.getTime());
        },
      ),
    );
  });

  it('never answers anything but null or a number from 0', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const result = parseRetryAfter(value, now);
        expect(result === null || result >= 0).toBe(true);
      }),
    );
  });
});
