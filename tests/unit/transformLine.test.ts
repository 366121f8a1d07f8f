import { afterAll, describe, expect, it } from 'vitest';
import { transform } from '@/lib/engine/transformLine';
import { closeSandbox } from '@/lib/sandbox/transformSandbox';
import { holdLog } from '../support/heldLog';

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

  it('come one by one again after a failure, so that a kill concerns no other', async () => {
    const script = `if (payload.n === 3) null.x; globalThis.left = 1; return { shared: (Array.runs = (Array.runs ?? 0) + 1) }`;
    const run = (n: number) =>
      transform('failing', script, { ...input, payload: `{"n":${n}}` }, performance.now() + 10_000);
    const few = (...numbers: number[]) => Promise.all(numbers.map(run));
    await few(0, 1, 2);
    expect(await few(3)).toMatchObject([{ ok: false, kind: 'transform_error' }]);
    // Each in a context of its own: the first of a run, and no run longer than one.
    expect(await few(4, 5)).toMatchObject([
      { ok: true, json: '{"shared":1}' },
      { ok: true, json: '{"shared":1}' },
    ]);
  });

  it('carry a script’s null as a drop, and a sandbox that does not run as null', async () => {
    const deadline = performance.now() + 10_000;
    expect(await transform('dropping', 'return null', input, deadline)).toMatchObject({
      ok: true,
      dropped: true,
    });
    const huge = { ...input, eventType: 'x'.repeat(9 * 1024 * 1024) };
    const log = holdLog();
    expect(await transform('no frame', 'return {}', huge, deadline)).toBeNull();
    expect(await transform('no frame', 'return {}', huge, deadline)).toBeNull();
    expect(log).toHaveLength(1);
  });
});
