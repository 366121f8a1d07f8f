import { expect, it } from 'vitest';
import { Width } from '@/lib/engine/width';
import { FakeClock } from '../support/fakeClock';

const widthOf = (most: number) => {
  const clock = new FakeClock();
  return { clock, width: new Width(clock, () => most) };
};

it.each([
  ['what was under way', 2048, 240, 120],
  ['itself, where that is less', 64, 240, 32],
  ['little, and never below 1', 3, 1, 1],
  ['one', 1, 1, 1],
])('a lack of our own halves %s', (_, most, underWay, left) => {
  const { clock, width } = widthOf(most);
  width.narrow(clock.now(), underWay);
  expect(width.current).toBe(left);
});

it('is halved once for all that were under way when something ran out', async () => {
  const { clock, width } = widthOf(64);
  const [early, late] = [clock.now(), clock.now() + 10];
  await clock.advance(10);
  width.narrow(early, 64);
  for (const began of [early, late]) width.narrow(began, 64);
  expect(width.current).toBe(32);
  width.narrow(late + 1, 64);
  expect(width.current).toBe(16);
});

it('grows by one for each full round of successes, up to the most', () => {
  const { clock, width } = widthOf(5);
  width.narrow(clock.now(), 5);
  const widths: number[] = [];
  for (let n = 0; n < 12; n += 1) {
    width.widen();
    widths.push(width.current);
  }
  expect(widths).toEqual([2, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5]);
});

it('counts no success of before a lack', async () => {
  const { clock, width } = widthOf(8);
  width.narrow(clock.now(), 8);
  width.widen();
  await clock.advance(1);
  width.narrow(clock.now(), 4);
  const widths: number[] = [];
  for (let n = 0; n < 2; n += 1) {
    width.widen();
    widths.push(width.current);
  }
  expect(widths).toEqual([2, 3]);
});

it('gives way at once when there may be fewer, and grows step by step when there may be more again', () => {
  let most = 8;
  const width = new Width(new FakeClock(), () => most);
  most = 2;
  expect(width.current).toBe(2);
  most = 8;
  for (let n = 0; n < 2; n += 1) width.widen();
  expect(width.current).toBe(3);
});
