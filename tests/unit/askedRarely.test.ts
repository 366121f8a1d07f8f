import { expect, test } from 'vitest';
import { askedRarely } from '@/lib/domain/askedRarely';
import { FakeClock } from '../support/fakeClock';

/** A question whose answers come one by one, when they are given. */
function question(goodForMs: (answer: string | null) => number) {
  const clock = new FakeClock();
  const asked: PromiseWithResolvers<string | null>[] = [];
  const ask = () => {
    const answer = Promise.withResolvers<string | null>();
    asked.push(answer);
    return answer.promise;
  };
  return { clock, asked, answer: askedRarely(ask, goodForMs, clock) };
}

test('is asked by one at a time, and the answer is everybody’s who asks meanwhile', async () => {
  const { clock, asked, answer } = question(() => 1000);
  const first = answer();
  await clock.advance(5000);
  const others = [answer(), answer()];
  asked[0]?.resolve('fine');
  expect(await Promise.all([first, ...others])).toEqual(['fine', 'fine', 'fine']);
  expect(asked).toHaveLength(1);
});

test('counts from when it came, for as long as this answer is good, null as well as any', async () => {
  const { clock, asked, answer } = question((given) => (given === null ? 60_000 : 1000));
  const ask = async (given: string | null) => {
    const told = answer();
    asked.at(-1)?.resolve(given);
    return told;
  };
  await ask('a fault');
  await clock.advance(999);
  expect(await answer()).toBe('a fault');
  expect(asked).toHaveLength(1);
  await clock.advance(2);
  expect(await ask(null)).toBeNull();
  await clock.advance(59_999);
  expect(await answer()).toBeNull();
  expect(asked).toHaveLength(2);
  await clock.advance(2);
  expect(await ask('again')).toBe('again');
  expect(asked).toHaveLength(3);
});

test('that fails is told to all who asked, and asked again by the next', async () => {
  const { asked, answer } = question(() => 1000);
  const both = Promise.allSettled([answer(), answer()]);
  asked[0]?.reject(new Error('away'));
  expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  const next = answer();
  asked[1]?.resolve('back');
  expect(await next).toBe('back');
});
