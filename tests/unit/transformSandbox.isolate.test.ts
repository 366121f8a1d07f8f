import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SandboxIsolate } from '@/lib/sandbox/child/isolate';

/**
 * A guest that answers at once, unless it is to be stopped: each of `stops` is the CPU time, in milliseconds, that one
 * call to `compile` or `run` had when its time was up.
 */
const guest = vi.hoisted(() => ({ stops: [] as number[], calls: [] as string[], cpuMs: 0 }));

vi.mock('isolated-vm', () => {
  const answers = { compile: '', run: '["ok",[1],"","",[]]', last: '["unfinished",null,"","",[]]' };
  const harness = {
    getSync: (name: keyof typeof answers) => ({
      applySync(_receiver: unknown, _args: unknown[], { timeout }: { timeout: number }) {
        if (name === 'last') return answers.last;
        guest.calls.push(`${name} ${timeout}`);
        const stop = guest.stops.shift();
        if (stop === undefined) return answers[name];
        guest.cpuMs += stop;
        throw new Error('Script execution timed out.');
      },
      release() {},
    }),
    release() {},
  };
  class Isolate {
    isDisposed = false;
    createContextSync = () => ({ release() {} });
    compileScriptSync = () => ({ runSync: () => harness });
    dispose() {
      this.isDisposed = true;
    }
  }
  return { default: { Isolate } };
});

const input = { payload: '{}', eventType: 'lead.created', timestamp: '2024-01-15T10:30:00.000Z' };
const isTimeout = { kind: 'transform_timeout' };

beforeEach(() => {
  vi.spyOn(process, 'threadCpuUsage').mockImplementation(() => ({ user: guest.cpuMs * 1000, system: 0 }));
  guest.calls = [];
});
afterEach(() => vi.restoreAllMocks());

test('a syntax check that a busy machine stopped is tried once more, with more time', () => {
  guest.stops = [20];
  expect(new SandboxIsolate('').check()).toBeUndefined();
  expect(guest.calls).toEqual(['compile 100', 'compile 300']);
  guest.stops = [20, 20];
  expect(new SandboxIsolate('').check()).toMatchObject(isTimeout);
});

test('a run that a busy machine stopped, compiling or running, is tried once more, with more time', () => {
  guest.stops = [20];
  expect(new SandboxIsolate('').run(input)).toMatchObject({ ok: true, json: '[1]' });
  expect(guest.calls).toEqual(['compile 100', 'compile 300', 'run 300']);
  const isolate = new SandboxIsolate('');
  isolate.run(input);
  guest.calls = [];
  guest.stops = [20];
  expect(isolate.run(input)).toMatchObject({ ok: true, json: '[1]' });
  expect(guest.calls).toEqual(['run 100', 'compile 300', 'run 300']);
});

test('a script that had its share of the processor has no second try', () => {
  guest.stops = [80];
  expect(new SandboxIsolate('').check()).toMatchObject(isTimeout);
  guest.stops = [80];
  expect(new SandboxIsolate('').run(input)).toMatchObject(isTimeout);
  expect(guest.calls).toEqual(['compile 100', 'compile 100']);
});
