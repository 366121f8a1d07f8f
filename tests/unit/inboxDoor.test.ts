import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { throughInboxDoor } from '@/lib/services/inboxDoor';

const settled = async (calls: Promise<unknown>[]) => {
  const outcomes = await Promise.allSettled(calls);
  const refusals = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  return { in: outcomes.length - refusals.length, refusals };
};

describe('the door of an inbox', () => {
  it('lets 600 in within ten seconds, says to the others when to come again, and refuses no other inbox', async () => {
    const inbox = randomUUID();
    const one = () => throughInboxDoor(inbox, '203.0.113.1', async () => 'in');
    let passed = 0;
    for (let n = 0; n < 600; n += 1) passed += (await one()) === 'in' ? 1 : 0;
    expect(passed).toBe(600);
    const { refusals } = await settled([one(), one()]);
    expect(refusals).toMatchObject([{ code: 'too_many_requests' }, { code: 'too_many_requests' }]);
    expect(refusals[0].retryAfter).toBeGreaterThanOrEqual(1);
    expect(refusals[0].retryAfter).toBeLessThanOrEqual(10);
    expect(await throughInboxDoor(randomUUID(), '203.0.113.1', async () => 'in')).toBe('in');
  });

  it('has room for 100 at a time, whoever they are for, and for the next as one leaves, however it ends', async () => {
    const leave: ((how: 'well' | 'badly') => void)[] = [];
    const hold = () =>
      throughInboxDoor(
        randomUUID(),
        '203.0.113.2',
        () =>
          new Promise<string | null>((resolve, reject) =>
            leave.push((how) => (how === 'well' ? resolve('in') : reject(new Error('hung up')))),
          ),
      );
    const held = Array.from({ length: 100 }, hold);
    const all = settled(held);
    expect((await settled([hold()])).refusals).toMatchObject([{ code: 'too_many_requests', retryAfter: 5 }]);
    leave[0]?.('well');
    leave[1]?.('badly');
    await Promise.allSettled(held.slice(0, 2));
    const after = settled([hold(), hold(), hold()]);
    await expect.poll(() => leave.length).toBe(102);
    for (const end of leave) end('well');
    expect((await after).refusals).toHaveLength(1);
    expect((await all).in).toBe(99);
  });

  it('asks for no more inboxes that do not exist than 60 a minute for one address', async () => {
    let asked = 0;
    const guess = (address: string) =>
      throughInboxDoor(randomUUID(), address, async () => {
        asked += 1;
        return null;
      });
    const codes: string[] = [];
    for (let n = 0; n < 70; n += 1)
      codes.push(...(await settled([guess('203.0.113.3')])).refusals.map(({ code }) => code));
    expect(codes.filter((code) => code === 'inbox_not_found')).toHaveLength(60);
    expect(codes.filter((code) => code === 'too_many_requests')).toHaveLength(10);
    expect(asked).toBe(60);
    expect((await settled([guess('203.0.113.4')])).refusals).toMatchObject([{ code: 'inbox_not_found' }]);
  });
});
