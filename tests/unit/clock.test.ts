import { describe, expect, it } from 'vitest';
import { monotonicClock, within } from '@/lib/engine/clock';
import { FakeClock } from '../support/fakeClock';

describe('within', () => {
  it('waits for work, whatever it comes to, and no longer than it has patience', async () => {
    const clock = new FakeClock();
    expect(await within(clock, 1000, Promise.resolve())).toBe(true);
    expect(await within(clock, 1000, Promise.reject(new Error('no')))).toBe(true);
    let ended: boolean | undefined;
    const hang = new Promise(() => {});
    void within(clock, 1000, hang).then((inTime) => {
      ended = inTime;
    });
    await clock.advance(999);
    expect(ended).toBeUndefined();
    await clock.advance(1);
    expect(ended).toBe(false);
  });
});

describe('the monotonic clock', () => {
  it('wakes a sleeper when it is told to, and at once when its time is past', async () => {
    const began = monotonicClock.now();
    const long = monotonicClock.sleep(600_000);
    long.end();
    await long.over;
    await monotonicClock.sleep(-5).over;
    expect(monotonicClock.now() - began).toBeLessThan(1000);
  });
});
