import { expect, test } from 'vitest';
import { isoTime } from '@/lib/domain/isoTime';

test.each([
  ['2026-11-23 21:47:02.902848+00', '2026-11-23T21:47:02.902Z'],
  ['2026-11-23 21:47:02+00', '2026-11-23T21:47:02.000Z'],
  ['2026-11-23T21:47:02.9+00:00', '2026-11-23T21:47:02.900Z'],
  ['2026-11-23 23:17:02.5+01:30', '2026-11-23T21:47:02.500Z'],
  ['2026-11-23 16:47:02-05', '2026-11-23T21:47:02.000Z'],
  ['2026-11-23T21:47:02.902Z', '2026-11-23T21:47:02.902Z'],
])('%s is %s', (text, iso) => {
  expect(isoTime.parse(text)).toBe(iso);
});

test.each(['infinity', '', 'demain'])('%j is no time', (text) => {
  expect(isoTime.safeParse(text).success).toBe(false);
});
