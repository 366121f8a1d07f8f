import { hash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { checkScript, closeSandbox, runTransforms } from '@/lib/sandbox/transformSandbox';
import { logger } from '@/lib/telemetry/logger';
import { startMetrics } from '@/lib/telemetry/metrics';
import type { Metrics } from '@/lib/telemetry/prometheus';
import { runModule } from './support/runModule';
import { sandboxChildren } from './support/sandboxChildren';

const input = { payload: '{}', eventType: 'lead.created', timestamp: '2024-01-15T10:30:00.000Z' };
const listOf = (key: string) => runTransforms({ key, script: 'return [1]', inputs: [input] });
const isListed = [expect.objectContaining({ ok: true, json: '[1]' })];

beforeAll(() => listOf('warm'));
afterEach(() => vi.restoreAllMocks());
afterAll(closeSandbox);

describe('a child that cannot be spawned', () => {
  test.skipIf(process.platform === 'win32')(
    'for want of file descriptors fails the jobs that asked for it, and nothing else',
    async () => {
      // The second job is served, and its child refused, when the first one's slice ends.
      const printed = await runModule(
        `import { closeSync, openSync } from 'node:fs';
        import { checkScript, closeSandbox, runTransforms } from '@/lib/sandbox/transformSandbox';
        const inputs = [${JSON.stringify(input)}];
        const run = (key) => runTransforms({ key, script: 'return [1]', inputs }).then(([{ json }]) => json, String);
        const taken = [];
        try {
          for (;;) taken.push(openSync('/dev/null'));
        } catch {}
        const refused = await Promise.all([run('a'), run('b'), checkScript('return').catch(String)]);
        for (const descriptor of taken) closeSync(descriptor);
        console.log(JSON.stringify([...refused, await run('a'), await run('c')]));
        await closeSandbox();`,
        128,
      );
      const refusal = expect.stringMatching(
        /^Error: The transform sandbox does not start: (?:.*: )?spawn\w* .* EMFILE$/,
      );
      expect(printed).toEqual([refusal, refusal, refusal, '[1]', '[1]']);
    },
  );

  test('because the system refuses at once fails the one job that is served again', async () => {
    const hang = 'Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)';
    const lost = runTransforms({ key: 'lost', script: hang, inputs: [input] });
    const children = sandboxChildren();
    // As it is when the folder in which the application was started has been removed.
    const cwd = vi.spyOn(process, 'cwd').mockImplementation(() => {
      throw new Error('ENOENT: uv_cwd');
    });
    for (const pid of children) process.kill(pid, 'SIGKILL');
    await expect(lost).rejects.toThrow('uv_cwd');
    cwd.mockRestore();
    expect(await listOf('next')).toEqual(isListed);
  });
});

describe('a request', () => {
  test('that fits no frame ends its own job, and others are served', async () => {
    const huge = { ...input, eventType: 'x'.repeat(9 * 1024 * 1024) };
    const refused = runTransforms({ key: 'huge', script: 'return []', inputs: [huge] });
    const beside = listOf('beside');
    await expect(refused).rejects.toThrow('is longer than');
    expect(await beside).toEqual(isListed);
    expect(await checkScript('return 1')).toEqual({ ok: true });
    expect(await listOf('warm')).toEqual(isListed);
  });

  test('holds no more inputs than a frame does, by all of their texts', async () => {
    const long = { ...input, eventType: 'x'.repeat(64 * 1024) };
    const inputs = Array.from({ length: 200 }, () => long);
    const results = await runTransforms({ key: 'long', script: 'return [1]', inputs });
    expect(results).toEqual(Array(200).fill(isListed[0]));
  });
});

describe('a child that dies of a fault of the engine', () => {
  const slow = 'const end = Date.now() + 60; while (Date.now() < end); return [1]';
  const inputs = Array.from({ length: 5 }, () => input);

  test.each(['SIGSEGV', 'SIGTRAP', 'SIGILL', 'SIGBUS', 'SIGABRT'] as const)(
    'raises an alarm, and its script rests at once and is told why: %s',
    async (signal) => {
      await startMetrics();
      const before = await faultsCounted(signal);
      const alarm = vi.spyOn(logger(), 'error');
      // Somebody else's newcomer, so that a child is there for this one and is at work when the signal comes.
      await listOf(`before ${signal}`);
      const ready = sandboxChildren();
      const job = { key: `fault ${signal}`, script: slow, inputs };
      const running = runTransforms(job);
      await sleep(30);
      // Not one that is just starting: it would be called one that does not start.
      for (const pid of ready) process.kill(pid, signal);
      const results = await running;
      const fault = {
        kind: 'transform_fault',
        message: expect.stringMatching(/fault.*: it rests until .*Z\.$/),
      };
      expect(results.at(-1)).toMatchObject(fault);
      expect(await runTransforms(job)).toMatchObject(Array(5).fill(fault));
      expect(alarm).toHaveBeenCalledWith(
        expect.objectContaining({ exit: signal, key: job.key, script_sha256: hash('sha256', slow) }),
        expect.stringContaining('a fault of the engine ended a transform sandbox'),
      );
      expect(await faultsCounted(signal)).toBeGreaterThan(before);
      // Mended, it runs at once.
      expect(await listOf(job.key)).toEqual(isListed);
    },
  );
});

async function faultsCounted(exit: string): Promise<number> {
  const { devlinkWebhookMetrics } = globalThis as { devlinkWebhookMetrics?: Metrics };
  const values = (await devlinkWebhookMetrics?.sandboxFaults.get())?.values ?? [];
  return values.find(({ labels }) => labels.exit === exit)?.value ?? 0;
}
