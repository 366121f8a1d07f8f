import ivm from 'isolated-vm';
import type { TransformInput, TransformResult } from '../../domain/transform.ts';
import { sandboxLimits, scriptFileName } from '../limits.ts';
import { type GuestHarness, guestHarness } from './guest.ts';
import { type Ending, type Failure, readConsole, readOutcome, syntaxFault } from './outcome.ts';

type GuestFunction<K extends keyof GuestHarness> = ivm.Reference<GuestHarness[K]>;
type Limit = { timeout: number };
/** A context with the harness and the compiled script in it. */
type Room = { context: ivm.Context; run: GuestFunction<'run'>; last: GuestFunction<'last'> };

/** isolated-vm measures wall time: what it stopped before it had this much CPU time is tried again. */
const fairCpuMs = 0.8 * sandboxLimits.cpuMs;
const heavyHeapBytes = 16 * 1024 * 1024;
const timed = { timeout: sandboxLimits.cpuMs };
/** For the second try. Compiling and running, both twice, stay below the parent's deadline together. */
const longTimed = { timeout: 3 * sandboxLimits.cpuMs };
const byReference = { reference: true } as const;
/** The directive is not in the function: linters take it out of modules. Without it, guests reach their caller. */
const harnessSource = `'use strict'; (${guestHarness})(${JSON.stringify(sandboxLimits)}, ${JSON.stringify(scriptFileName)})`;

/**
 * One version of one script in an isolate of its own, one run at a time. Nothing that isolated-vm makes can be
 * reached from inside, and nothing but text crosses.
 */
export class SandboxIsolate {
  readonly #script: string;
  #isolate: ivm.Isolate | undefined;
  #harness: ivm.Script | undefined;
  #room: Room | undefined;
  /** CPU time of the latest call into the guest that was stopped, in milliseconds. */
  #guestCpuMs = 0;

  constructor(script: string) {
    this.#script = script;
  }

  /**
   * Runs the script on one input, in the context of the input before it unless that one left something behind or
   * `leave` was called.
   */
  run(input: TransformInput): TransformResult {
    const start = performance.now();
    const ending = this.#fairly((limit) => this.#attempt(input, limit));
    return { ...ending, durationMs: Math.round((performance.now() - start) * 1000) / 1000 };
  }

  /** Compiles the script without running it. */
  check(): Failure | undefined {
    const entered = this.#fairly((limit) => this.#enter(limit));
    this.leave();
    return 'kind' in entered ? entered : undefined;
  }

  /** Drops the context: the next run has a fresh one. */
  leave(): void {
    if (this.#room && this.#isolate?.isDisposed === false) {
      this.#room.run.release();
      this.#room.last.release();
      this.#room.context.release();
    }
    this.#room = undefined;
  }

  /** True when the heap has grown so much that the isolate is not worth keeping warm. */
  isHeavy(): boolean {
    if (this.#isolate?.isDisposed !== false) return false;
    const heap = this.#isolate.getHeapStatisticsSync();
    return heap.total_heap_size + heap.externally_allocated_size > heavyHeapBytes;
  }

  /** Gives the memory back. The next run starts an isolate again. */
  dispose(): void {
    this.leave();
    if (this.#isolate?.isDisposed === false) this.#isolate.dispose();
    this.#isolate = undefined;
    this.#harness = undefined;
  }

  /** Tries once more, with more time, when a busy machine kept the guest from its share of the processor. */
  #fairly<T extends object>(attempt: (limit: Limit) => T): T {
    const ending = attempt(timed);
    const isTimeout = 'kind' in ending && ending.kind === 'transform_timeout';
    return isTimeout && this.#guestCpuMs < fairCpuMs ? attempt(longTimed) : ending;
  }

  /** A call into the guest. Its CPU time is taken when it fails: asking for it costs as much as a small run. */
  #call<T>(call: () => T): T {
    const before = threadCpuMs();
    try {
      return call();
    } catch (error) {
      this.#guestCpuMs = threadCpuMs() - before;
      throw error;
    }
  }

  #attempt(input: TransformInput, limit: Limit): Ending {
    const room = this.#enter(limit);
    if ('kind' in room) return { ok: false, ...room, console: [] };
    try {
      const { payload, eventType, timestamp } = input;
      const outcome = this.#call(() => room.run.applySync(undefined, [payload, eventType, timestamp], limit));
      if (outcome === '') {
        this.leave();
        return this.#attempt(input, limit);
      }
      return readOutcome(outcome, this.#script) ?? { ok: false, ...noEnding, console: [] };
    } catch (error) {
      const failure = this.#verdict(error);
      const last = this.#last(room);
      // A rejected promise that nobody handled ends up here too, although the run came to its end.
      const ending = failure.kind === 'transform_error' && last ? readOutcome(last, this.#script) : undefined;
      if (ending) return ending;
      this.dispose();
      return { ok: false, ...failure, console: last ? readConsole(last) : [] };
    }
  }

  /** The present room or a new one; a failure when the script cannot be compiled in it. */
  #enter(limit: Limit): Room | Failure {
    if (this.#room) return this.#room;
    try {
      this.#isolate ??= new ivm.Isolate({ memoryLimit: sandboxLimits.isolateMemoryMb });
      this.#harness ??= this.#isolate.compileScriptSync(harnessSource, { filename: 'harness.js' });
      const context = this.#isolate.createContextSync();
      const harness: ivm.Reference<GuestHarness> = this.#harness.runSync(context, byReference);
      const [compile, run, last] = [
        harness.getSync('compile', byReference),
        harness.getSync('run', byReference),
        harness.getSync('last', byReference),
      ];
      this.#room = { context, run, last };
      const refusal = this.#call(() => compile.applySync(undefined, [this.#script], limit));
      compile.release();
      harness.release();
      if (refusal === '') return this.#room;
      this.leave();
      return { kind: 'transform_syntax', ...syntaxFault(this.#script, refusal) };
    } catch (error) {
      const failure = this.#verdict(error);
      this.dispose();
      return failure;
    }
  }

  #last(room: Room): string | undefined {
    if (this.#isolate?.isDisposed !== false) return undefined;
    try {
      return room.last.applySync(undefined, [], timed);
    } catch {
      return undefined;
    }
  }

  /** What isolated-vm's error means. Only its own texts are looked at: nothing of the guest's is shown. */
  #verdict(error: unknown): Failure {
    const text = error instanceof Error ? error.message : '';
    if (this.#isolate?.isDisposed || text.includes('memory limit')) {
      return {
        kind: 'transform_memory',
        message: `The script used more than ${sandboxLimits.isolateMemoryMb} MB of memory.`,
      };
    }
    if (text === 'Script execution timed out.') {
      return {
        kind: 'transform_timeout',
        message: `The script ran for more than ${sandboxLimits.cpuMs} ms.`,
      };
    }
    return noEnding;
  }
}

const noEnding: Failure = { kind: 'transform_error', message: 'The script did not come to its end.' };

/** CPU time of this thread in milliseconds; isolated-vm's own figure is not reliable. */
function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
