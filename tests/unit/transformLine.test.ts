import { afterAll, describe, expect, it } from 'vitest';
import { transform } from '@/lib/engine/transformLine';
import { closeSandbox } from '@/lib/sandbox/transformSandbox';

afterAll(closeSandbox);

const input = { payload: '{}', eventType: 'lead.created', timestamp: new Date().toISOString() };
const slow = 'const end = Date.now() + 40; while (Date.now() < end); return {};';

describe('the payloads in line for one script', () => {
  it('are answered one by one when the script is slow, and not all at the end', async () => {
    const answeredAt: number[] = [];
    const deadline = performance.now() + 10_000;
    const answers = Array.from({ length: 8 }, async () => {
      const answer = await transform('slow', slow, input, deadline);
      answeredAt.push(performance.now());
      return answer;
    });
    for (const answer of await Promise.all(answers)) expect(answer).toMatchObject({ ok: true, json: '{}' });
    const [first = 0] = answeredAt;
    expect((answeredAt.at(-1) ?? 0) - first).toBeGreaterThan(7 * 40 - 10);
  });

  it('are not run when it is too late to send them', async () => {
    expect(await transform('late', 'return {}', input, performance.now() - 1)).toBeNull();
    const [inTime, late] = await Promise.all([
      transform('queued', slow, input, performance.now() + 10_000),
      transform('queued', slow, input, performance.now() + 1),
    ]);
    expect(inTime).toMatchObject({ ok: true });
    expect(late).toBeNull();
  });
});
