import type { TransformErrorKind, TransformInput, TransformResult } from '../domain/transform';
import { countSandboxDeath } from '../telemetry/metrics';
import type { RestReason, ScriptConduct, Standing } from './conduct';
import type { Frame } from './frames';
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
  /** What becomes of its children is no matter of the sending, and counted nowhere. */
  isDraft?: boolean;
};

const sliceInputs = 256;
const sliceCharacters = 1024 * 1024;
/** How often a child may be killed from outside under one job before the script is blamed. */
const lossesAllowed = 2;

/** What a script may be blamed for that ran on one input alone. `done`: its child had nothing to say. */
const failures: Record<'timeout' | 'memory' | 'lost' | 'done', [TransformErrorKind, string]> = {
  timeout: [
    'transform_timeout',
    `The script ran for more than ${sandboxLimits.wallMs} ms and was stopped by force.`,
  ],
  memory: ['transform_memory', 'The script used too much memory and was stopped by force.'],
  lost: ['transform_memory', 'The sandbox was killed from outside, most likely for using too much memory.'],
  done: ['transform_error', 'The script did not come to its end.'],
};

/** What a person is told while a script rests. */
const rests: Record<RestReason, [TransformErrorKind, string]> = {
  kills: ['transform_paused', 'The script had to be stopped by force again and again'],
  fault: ['transform_fault', 'A fault of the script engine ended the sandbox while this script ran in it'],
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
    // Who checked hostile scripts waits behind everybody else, and may still save a mended one.
    if (this.task.kind === 'check' || this.#conduct.restMs(performance.now()) === 0) return false;
    this.#endPaused();
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
    if (end.how !== 'done' && !this.task.isDraft)
      countSandboxDeath(end.how === 'yielded' ? 'timeout' : end.how);
    if (end.how === 'fault') {
      this.#conduct.faulted(performance.now());
      this.#endPaused();
      return true;
    }
    const isLoss = end.how === 'lost' && ++this.#losses <= lossesAllowed;
    const isProgress = end.how === 'done' && progressed;
    // It did not have its full time: what it has left runs again, one by one, among the suspects.
    if (end.how === 'yielded') this.#conduct.diedInCompany(performance.now());
    else if (!isLoss && !isProgress) this.#blame(end.how);
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

  /** Ends the job with what is held against its script. */
  #endPaused(): void {
    const [kind, why] = rests[this.#conduct.restReason];
    const until = new Date(Date.now() + this.#conduct.restMs(performance.now())).toISOString().slice(0, 19);
    while (this.#left() > 0) this.#fail(kind, `${why}: it rests until ${until}Z.`);
    this.#resolve(this.#results);
  }

  #left(): number {
    return (this.task.kind === 'check' ? 1 : this.task.inputs.length) - this.#results.length;
  }

  #fail(kind: TransformErrorKind, message: string, durationMs = 0): void {
    this.#results.push({ ok: false, kind, message, console: [], durationMs: Math.round(durationMs) });
  }
}
