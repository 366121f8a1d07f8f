import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { checkScript, closeSandbox, runTransforms } from '@/lib/sandbox/transformSandbox';
import { sandboxChildren } from './support/sandboxChildren';

/** What anybody else may wait at worst, in milliseconds. */
const longestWait = 1500;
const timestamp = '2024-01-15T10:30:00.000Z';
const inputs = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ payload: `{"n":${n}}`, eventType: 'lead.created', timestamp }));

/** Ways to come to no end: stopped by the isolate's clock, by a kill only, by memory. */
const hangs = [
  'for (;;);',
  'Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)',
  'const map = new Map(); for (let i = 0; ; i++) map.set(i, [i])',
  '[].reverse.call({ length: 2 ** 53 - 1 })',
];

/** Parsing it takes V8 ten seconds, in which no clock stops it. */
const endlessCheck = (n: number) => `return /${'\\p{RGI_Emoji}'.repeat(4700)}${n}/v`;

/** How long each of a hundred payloads waited, one after the other. */
async function waitsOf(run: (round: number) => Promise<unknown>): Promise<number[]> {
  const waits: number[] = [];
  for (let round = 0; round < 100; round++) {
    const start = performance.now();
    await run(round);
    waits.push(performance.now() - start);
  }
  return waits;
}

const runsWell = async (key: string, script: string) =>
  expect(await runTransforms({ key, script, inputs: inputs(1) })).toMatchObject([{ ok: true }]);

let storms = 0;

/** Webhooks that nobody has seen before, whose script hangs on one payload in ten, each with a line of its own. */
function hangingWebhooks(count: number, on: number): Promise<unknown> {
  const storm = ++storms;
  const jobs = Array.from({ length: count }, (_, webhook) =>
    runTransforms({
      key: `hanging ${storm} ${webhook}`,
      script: `if (payload.n % 10 === ${on}) { ${hangs[webhook % hangs.length]} } return payload`,
      inputs: inputs(100),
    }),
  );
  return Promise.allSettled(jobs);
}

vi.setConfig({ testTimeout: 60_000, hookTimeout: 30_000 });
beforeAll(() => runTransforms({ key: 'in use', script: 'return payload', inputs: inputs(50) }));
// The unfinished are rejected: those scripts never finish.
afterEach(closeSandbox);
afterAll(closeSandbox);

describe.each([
  [12, 0],
  [12, 9],
  [30, 0],
  [30, 9],
])('beside %i webhooks whose script hangs on one payload in ten (number %i)', (count, on) => {
  // Again when it fails: each start of a process is waited for, and other work on the machine delays them all.
  test('one in use, and new ones, wait little', { retry: 2 }, async () => {
    const hanging = hangingWebhooks(count, on);
    const [inUse, fresh] = await Promise.all([
      waitsOf(() => runsWell('in use', 'return payload')),
      waitsOf((round) => runsWell(`fresh ${storms} ${round}`, 'return [payload]')),
    ]);
    // Killed ones are gone in a moment.
    await vi.waitFor(() => expect(sandboxChildren().length).toBeLessThanOrEqual(8));
    expect(Math.max(...inUse)).toBeLessThan(longestWait);
    expect(Math.max(...fresh)).toBeLessThan(longestWait);
    await closeSandbox();
    await hanging;
  });
});

test('suspects take turns: one that hangs no more gets on beside those that do', async () => {
  const script = `if (payload.n === 0) { ${hangs[1]} } return payload`;
  const mended = { key: 'once', script, inputs: inputs(1) };
  expect(await runTransforms(mended)).toMatchObject([{ kind: 'transform_timeout' }]);
  const hanging = hangingWebhooks(12, 0);
  const line = { ...mended, inputs: inputs(5).slice(1) };
  expect(await runTransforms(line)).toMatchObject(Array(4).fill({ ok: true }));
  await closeSandbox();
  await hanging;
});

test('a suspect is killed for a hang of its own, and paused at the third', async () => {
  const results = await runTransforms({ key: 'own', script: hangs[1] ?? '', inputs: inputs(4) });
  expect(results.map((result) => !result.ok && result.kind)).toEqual([
    ...Array(3).fill('transform_timeout'),
    'transform_paused',
  ]);
});

describe('checks of hostile scripts', () => {
  test('by one person keep nobody else’s waiting, and that person’s mended script is checked', async () => {
    const hostile = Array.from({ length: 8 }, (_, n) => checkScript(endlessCheck(n), 'webhook of one'));
    const settled = Promise.allSettled(hostile);
    const start = performance.now();
    expect(await checkScript('return payload', 'webhook of another')).toEqual({ ok: true });
    expect(await checkScript('return [payload]')).toEqual({ ok: true });
    await runsWell('beside checks', 'return payload');
    expect(performance.now() - start).toBeLessThan(longestWait);
    expect(await hostile[0]).toMatchObject({ ok: false });
    await closeSandbox();
    await settled;
    expect(await checkScript('return payload', 'webhook of one')).toEqual({ ok: true });
  });

  test('each for itself keep a save waiting hardly longer', async () => {
    const settled = Promise.allSettled(
      Array.from({ length: 8 }, (_, n) => checkScript(endlessCheck(100 + n))),
    );
    const start = performance.now();
    expect(await checkScript('return { a: payload }')).toEqual({ ok: true });
    expect(performance.now() - start).toBeLessThan(longestWait);
    await closeSandbox();
    await settled;
  });
});
