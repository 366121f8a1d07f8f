import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { TransformInput, TransformResult } from '@/lib/domain/transform';
import { closeSandbox, runTransforms } from '@/lib/sandbox/transformSandbox';
import hostileTransforms from './cases/hostile-transforms.json';
import { type HostileCase, hostileTransformsOfOurOwn } from './cases/hostileTransformsOfOurOwn';
import { sandboxChildren } from './support/sandboxChildren';

const input: TransformInput = {
  payload: '{"email":"a@b.c"}',
  eventType: 'lead.created',
  timestamp: '2024-01-15T10:30:00.000Z',
};
const benignJson = '{"email":"a@b.c","custom_field":"x"}';

/** Two of the shared cases are written as an expression of simple parts: too long to be spelt out. */
function scriptOf(entry: (typeof hostileTransforms)[number]): string {
  return entry.script ?? new Function(`return ${entry.generate}`)();
}

const sharedCases: HostileCase[] = hostileTransforms.map((entry) => ({
  name: entry.name,
  script: scriptOf(entry),
  // Asynchronous scripts are refused here, before they can do what they are up to.
  expect: [...entry.expect, ...(entry.async ? ['error'] : [])] as HostileCase['expect'],
}));

function outcomeOf(result: TransformResult | undefined) {
  if (result?.ok) return 'ok';
  // None of these finds a fault of the engine: one that is called so would raise an alarm.
  if (result?.kind === 'transform_fault') return 'fault';
  return result?.kind === 'transform_timeout' || result?.kind === 'transform_memory' ? 'killed' : 'error';
}

/** A webhook of good conduct that is at work all the time. */
class BenignStream {
  readonly latencies: number[] = [];
  readonly failures: TransformResult[] = [];
  #stopped = false;
  #running: Promise<void> | undefined;

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    const job = { key: 'benign', script: `return {...payload, custom_field: 'x'}`, inputs: [input, input] };
    await runTransforms(job);
    while (!this.#stopped) {
      const start = performance.now();
      const results = await runTransforms(job);
      this.latencies.push(performance.now() - start);
      this.failures.push(
        ...results.filter((result) => !result.ok || result.dropped || result.json !== benignJson),
      );
      await sleep(5);
    }
  }
}

describe('hostile scripts', () => {
  const benign = new BenignStream();
  let residentBefore = 0;

  beforeAll(async () => {
    await runTransforms({ key: 'warm', script: 'return payload', inputs: [input] });
    residentBefore = process.memoryUsage().rss;
    benign.start();
  });
  afterAll(closeSandbox);
  vi.setConfig({ testTimeout: 30_000 });

  test.each([...sharedCases, ...hostileTransformsOfOurOwn])('$name ends in $expect', async (hostile) => {
    const [result] = await runTransforms({ key: hostile.name, script: hostile.script, inputs: [input] });
    expect(hostile.expect, JSON.stringify(result)?.slice(0, 500)).toContain(outcomeOf(result));
    if (result?.ok && result.dropped) {
      expect(hostile.json).toBeUndefined();
    } else if (result?.ok) {
      expect(JSON.stringify(JSON.parse(result.json))).toBe(result.json);
      if (hostile.json !== undefined) expect(result.json).toBe(hostile.json);
    } else {
      expect(result?.message.length).toBeLessThan(2500);
      if (result?.line !== undefined)
        expect(result.line).toBeLessThanOrEqual(hostile.script.split('\n').length);
    }
    expect(result?.console.length).toBeLessThanOrEqual(101);
    expect(JSON.stringify(result?.console).length).toBeLessThan(40_000);
  });

  test('a benign webhook beside them never failed and stayed quick', async () => {
    await benign.stop();
    const sorted = benign.latencies.toSorted((a, b) => a - b);
    expect(benign.failures).toEqual([]);
    expect(sorted.length).toBeGreaterThan(100);
    expect(sorted[Math.floor(sorted.length * 0.95)]).toBeLessThan(150);
  });

  test('this process is as large as before, and no child outlives the sandbox', async () => {
    expect(process.memoryUsage().rss - residentBefore).toBeLessThan(128 * 1024 * 1024);
    expect(sandboxChildren().length).toBeLessThanOrEqual(8);
    await closeSandbox();
    expect(sandboxChildren()).toEqual([]);
  });
});
