import type { TransformErrorKind, TransformInput, TransformResult } from '../domain/transform';
import { countSandboxDeath } from '../telemetry/metrics';
import type { Frame } from './child/frames';
import type { ScriptConduct, Standing } from './conduct';
import { sandboxLimits } from './limits';
import type { RequestEnd } from './process';

/** Runs of one script on several inputs, or the check of its syntax. */
export type SandboxTask = {
  kind: 'run' | 'check';
  /** Whose script it is: keys take turns, and one job of a key runs at a time. */
  key: string;
  script: string;
  inputs: TransformInput[];
  /** A fresh context for each input. */
  isolated: boolean;
};

const sliceInputs = 256;
const sliceCharacters = 1024 * 1024;
/** How often a child may be killed from outside under one job before the script is blamed. */
const lossesAllowed = 2;

const failures: Record<'timeout' | 'memory' | 'crashed', [TransformErrorKind, string]> = {
  timeout: [
    'transform_timeout',
    `The script ran for more than ${sandboxLimits.wallMs} ms and was stopped by force.`,
  ],
  memory: [
    'transform_memory',
    `The script used more than ${sandboxLimits.residentBytes / 1024 / 1024} MB of memory and was stopped by force.`,
  ],
  crashed: ['transform_memory', 'The script brought its sandbox down, most likely by using too much memory.'],
};

/** A task on its way through the pool, slice by slice. */
export class SandboxJob {
  readonly task: SandboxTask;
  readonly #conduct: ScriptConduct;
  readonly #resolve: (results: TransformResult[]) => void;
  /** Ends the task without results: the sandbox itself is broken or closed. */
  readonly reject: (error: Error) => void;
  readonly #results: TransformResult[] = [];
  /** Inputs of the present request, and those of them that have no result yet. */
  #requested = 0;
  #awaited = 0;
  #askedAt = 0;
  #losses = 0;

  constructor(
    task: SandboxTask,
    conduct: ScriptConduct,
    resolve: (results: TransformResult[]) => void,
    reject: (error: Error) => void,
  ) {
    this.task = task;
    this.#conduct = conduct;
    this.#resolve = resolve;
    this.reject = reject;
  }

  standing(): Standing {
    return this.#conduct.standing(performance.now());
  }

  /** True when the script is paused: then the job has ended with that. */
  endIfPaused(): boolean {
    const rest = this.#conduct.restMs(performance.now());
    // Who checked hostile scripts waits behind everybody else, and may still save a mended one.
    if (rest === 0 || this.task.kind === 'check') return false;
    const until = new Date(Date.now() + rest).toISOString().slice(0, 19);
    const message = `The script had to be stopped by force again and again: it rests until ${until}Z.`;
    while (this.#left() > 0) this.#fail('transform_paused', message);
    this.#resolve(this.#results);
    return true;
  }

  /** The request for the next inputs: as many as the script's conduct warrants and a frame should hold. */
  nextRequest(): Frame {
    const { kind, script, inputs, isolated } = this.task;
    this.#askedAt = performance.now();
    if (kind === 'check') {
      this.#requested = this.#awaited = 1;
      return ['check', script];
    }
    const frame: Frame = ['run', isolated ? 'fresh' : 'shared', script];
    const most = Math.min(sliceInputs, this.#conduct.warranted(this.#askedAt));
    let characters = 0;
    this.#requested = 0;
    for (const input of inputs.slice(this.#results.length, this.#results.length + most)) {
      characters += input.payload.length + input.eventType.length + input.timestamp.length;
      if (this.#requested > 0 && characters > sliceCharacters) break;
      frame.push(input.payload, input.eventType, input.timestamp);
      this.#requested++;
    }
    this.#awaited = this.#requested;
    return frame;
  }

  /** Takes results of the present request. */
  accept(results: TransformResult[]): void {
    for (const result of results.slice(0, this.#awaited)) {
      this.#results.push(result);
      this.#awaited--;
      const overran =
        !result.ok && (result.kind === 'transform_timeout' || result.kind === 'transform_memory');
      if (overran) this.#conduct.overran(performance.now());
      else this.#conduct.ended();
    }
  }

  /** Takes the end of the present request. True when the job is over, false when it has to queue again. */
  endRequest(end: RequestEnd, progressed: boolean): boolean {
    if (end.how !== 'done') countSandboxDeath(end.how === 'yielded' ? 'timeout' : end.how);
    const isLoss = end.how === 'lost' && ++this.#losses <= lossesAllowed;
    const isProgress = end.how === 'done' && progressed;
    // It did not have its full time: what it has left runs again, one by one, among the suspects.
    if (end.how === 'yielded') this.#conduct.diedInCompany(performance.now());
    else if (!isLoss && !isProgress)
      this.#blame(end.how === 'timeout' || end.how === 'memory' ? end.how : 'crashed');
    if (this.#left() > 0) return false;
    this.#resolve(this.#results);
    return true;
  }

  /** The child died. Of several inputs nobody knows which was guilty: they run again, one by one. */
  #blame(how: keyof typeof failures): void {
    const now = performance.now();
    if (this.#requested > 1 || this.#awaited === 0) {
      this.#conduct.diedInCompany(now);
    } else {
      this.#conduct.killed(now);
      this.#fail(...failures[how], now - this.#askedAt);
    }
  }

  #left(): number {
    return (this.task.kind === 'check' ? 1 : this.task.inputs.length) - this.#results.length;
  }

  #fail(kind: TransformErrorKind, message: string, durationMs = 0): void {
    this.#results.push({ ok: false, kind, message, console: [], durationMs: Math.round(durationMs) });
  }
}
