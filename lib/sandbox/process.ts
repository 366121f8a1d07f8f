import type { ChildProcess } from 'node:child_process';
import { setPriority } from 'node:os';
import type { TransformResult } from '../domain/transform';
import { childFile, stripChildCode } from './childCode';
import { encodeFrame, type Frame, FrameReader } from './frames';
import { guard, unguard } from './guardian';
import { sandboxLimits } from './limits';
import { cpuMs, residentBytes, threadsOf } from './procfs';
import { readResults } from './results';
import { spawnChild } from './spawnChild';
import { sayWalls, shutIn } from './walls';

/**
 * How a request ended. `done`: answered, perhaps for the first inputs only. `timeout`: killed here. `memory`: killed
 * here, or ended by itself for want of memory. `yielded`: killed while it was silent, because others waited. `fault`:
 * ended by itself for another reason, or answered nonsense. `lost`: killed by somebody else.
 */
export type RequestEnd = {
  how: 'done' | 'timeout' | 'memory' | 'yielded' | 'fault' | 'lost';
};

/**
 * How a child died that nobody killed: the signal, or its exit code, and the first line of what it said. The lines after it
 * may hold what the script had in hand.
 */
export type SandboxFault = { exit: string; said: string };

type Killing = 'timeout' | 'memory' | 'yielded' | 'fault';
type Request = { onResults: (results: TransformResult[]) => void; resolve: (end: RequestEnd) => void };

/** A child that has grown this far is replaced between two requests. */
const retireBytes = 256 * 1024 * 1024;
const startupMs = 15_000;
/** Of a child of low priority: it has a thirtieth of what others get of a busy processor. */
const lowNiceness = 15;
/** From here on into a silence, the child's processor time is looked at. */
const listeningMs = 20;
/**
 * A child that had this much of the processor in its silence may be about to hang, or hangs: more than a payload's CPU
 * time explains. One that had less is kept from it by a busy machine, which others beside it would only make busier.
 */
const silentCpuMs = { uneasy: 20, hanging: sandboxLimits.cpuMs + 30 } as const;
/** What a payload may have in the end, when a busy machine kept it from its share at first. */
const wallCpuMs = 3 * sandboxLimits.cpuMs;
/** Nobody is waited for longer, whatever kept it. */
const longestSilenceMs = 5000;
const noticeLength = 2000;
const saidLength = 200;
/** How isolated-vm, V8 and the C++ library say that they end the process for want of memory. */
const outOfMemory = /is_heap_oom|out of memory|bad_alloc/i;

/** One child process that runs scripts, one request at a time, once it is ready. It cannot be used again once it is dead. */
export class SandboxProcess {
  /** Without streams, in spite of its type, when it could not even be spawned for want of descriptors (EMFILE, ENFILE). */
  readonly #child: ChildProcess;
  readonly #reader = new FrameReader(sandboxLimits.frameBytes);
  readonly #closed: Promise<void>;
  readonly #onChange: () => void;
  readonly #hasOwnUser: boolean;
  #ready = false;
  #dead = false;
  #closing = false;
  #exit = '';
  #request: Request | undefined;
  #killedFor: Killing | undefined;
  #fault: SandboxFault | undefined;
  #isLow = false;
  /** The child's processor time when its silence began to look like one, and what it had since; in milliseconds. */
  #cpuAtUnease: number | undefined;
  #silentCpuMs = 0;
  #lastSign = performance.now();
  #overdue = 0;
  #resident = 0;
  /** What the child had to say for itself on stderr. */
  #notice = '';

  /**
   * @param isLow whether it is of low priority from the start
   * @param onChange called when the child is ready, and when it has ended
   * @param file the child's first one
   * @throws Error when the system refuses a process at once; where it tells later, the child `failedToStart`
   */
  constructor(isLow: boolean, onChange: () => void, file: string = childFile()) {
    this.#onChange = onChange;
    const { child, hasOwnUser } = spawnChild(file);
    this.#child = child;
    this.#hasOwnUser = hasOwnUser;
    guard(child.pid);
    // First of all: an 'error' that nobody listens to ends the application. 'close' follows.
    this.#child.on('error', (error) => this.#note(error.message));
    this.#closed = new Promise((resolve) => {
      this.#child.once('close', (code, signal) => {
        unguard(child.pid);
        this.#end(code, signal);
        resolve();
        onChange();
      });
    });
    this.#child.stdout?.on('data', (chunk: Buffer) => this.#receive(chunk));
    this.#child.stderr?.on('data', (chunk: Buffer) => this.#note(chunk.toString()));
    if (isLow) this.#lower();
    this.#child.stdin?.on('error', () => {}); // EPIPE of a dead child: 'close' follows and tells
    this.#unref();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** It waits for a request. */
  get isIdle(): boolean {
    return this.#ready && !this.#request && !this.#dead;
  }

  get isStarting(): boolean {
    return !this.#ready && !this.#dead;
  }

  get isDead(): boolean {
    return this.#dead;
  }

  /** To be replaced rather than used again: it has grown large. */
  get isWorn(): boolean {
    return this.#resident > retireBytes;
  }

  /**
   * Whatever it burns is missed by nobody: made so for scripts that nobody knows yet or that are suspect, or because it
   * hung. For good: to lower a niceness takes rights.
   */
  get isLow(): boolean {
    return this.#isLow;
  }

  /** It is at work and may be about to hang. As last seen by `watch`, like `hangs`. */
  get isUneasy(): boolean {
    return this.#silentCpuMs >= silentCpuMs.uneasy && !this.hangs && !this.#dead;
  }

  /** It is at work and silent, although it had the processor for long enough, or nobody knows what for. */
  get hangs(): boolean {
    const isLong = this.#request !== undefined && this.silenceMs > sandboxLimits.wallMs;
    return (isLong || this.#silentCpuMs >= silentCpuMs.hanging) && !this.#dead;
  }

  /** Why it ended before it was ever ready, and not because it was closed; '' as long as that has not happened. */
  get failedToStart(): string {
    return this.#dead && !this.#ready && !this.#closing ? this.#notice || this.#exit : '';
  }

  /** What it died of, when that was nobody's doing and no want of memory, and it had been ready. */
  get fault(): SandboxFault | undefined {
    return this.#fault;
  }

  /** Milliseconds since the child was last heard of or given work. */
  get silenceMs(): number {
    return performance.now() - this.#lastSign;
  }

  /**
   * Sends one request. `onResults` is called as results arrive, in the order of the inputs.
   * Rejects with a RangeError when the frame is too long: the child is then as idle as before.
   */
  async ask(frame: Frame, onResults: Request['onResults']): Promise<RequestEnd> {
    const bytes = encodeFrame(frame, sandboxLimits.frameBytes);
    return new Promise((resolve) => {
      this.#request = { onResults, resolve };
      this.#heard();
      this.#child.stdin?.write(bytes);
    });
  }

  /** To be called every few milliseconds while the child starts or works: kills it when it is over a limit. */
  watch(): void {
    if (this.isStarting && this.silenceMs > startupMs) this.#kill('timeout');
    if (!this.#request || this.#dead) return;
    this.#resident = residentBytes(this.#child.pid);
    if (this.#resident > sandboxLimits.residentBytes) this.#kill('memory');
    if (this.silenceMs < listeningMs) return;
    const cpu = cpuMs(this.#child.pid);
    this.#cpuAtUnease ??= cpu;
    // Where the system does not tell, a silence counts as work.
    this.#silentCpuMs = Number.isNaN(cpu) ? this.silenceMs - listeningMs : cpu - this.#cpuAtUnease;
    // Twice, so that an answer which arrived while this process itself was busy is read first.
    if (this.#isOverdue() && ++this.#overdue >= 2) this.#kill('timeout');
    if (this.hangs) this.#lower();
  }

  #isOverdue(): boolean {
    if (this.silenceMs < sandboxLimits.wallMs) return false;
    return this.#silentCpuMs >= wallCpuMs || this.silenceMs > longestSilenceMs;
  }

  /** Kills the child although it has not had its full time. */
  yield(): void {
    this.#kill('yielded');
  }

  /** Kills the child; resolves when it is gone. */
  close(): Promise<void> {
    this.#closing = true;
    this.#dead = true;
    this.#child.ref();
    this.#child.kill('SIGKILL');
    return this.#closed;
  }

  #kill(reason: Killing): void {
    this.#killedFor ??= reason;
    this.#dead = true;
    this.#child.kill('SIGKILL');
  }

  #heard(): void {
    this.#lastSign = performance.now();
    this.#overdue = 0;
    this.#cpuAtUnease = undefined;
    this.#silentCpuMs = 0;
  }

  #lower(): void {
    if (this.#isLow) return;
    this.#isLow = true;
    for (const thread of threadsOf(this.#child.pid)) {
      try {
        setPriority(thread, lowNiceness);
      } catch {
        // It has just ended, or the system has no such thing.
      }
    }
  }

  #receive(chunk: Buffer): void {
    if (this.#dead) return;
    try {
      for (const [kind, ...texts] of this.#reader.push(chunk)) {
        this.#heard();
        if (kind === 'loaded') void this.#letIn();
        else if (kind === 'entered') sayWalls(this.#child.pid, texts[0] === 'permissions');
        else this.#answer(kind === 'done', readResults(texts));
      }
    } catch {
      this.#kill('fault');
    }
  }

  /**
   * Shuts the child in before it sees a script. One that cannot be shut in at the moment is none. It is not waited for once
   * more: it drops its rights before it reads the request that comes behind this one.
   */
  async #letIn(): Promise<void> {
    try {
      await shutIn(this.#child.pid, this.#hasOwnUser);
      this.#child.stdin?.write(encodeFrame(['enter'], sandboxLimits.frameBytes));
      if (this.#dead) return;
      this.#ready = true;
      stripChildCode();
      this.#onChange();
    } catch (error) {
      this.#note(String(error));
      this.#kill('fault');
    }
  }

  #answer(isLast: boolean, results: TransformResult[]): void {
    const request = this.#request;
    if (!request) return;
    if (results.length > 0) request.onResults(results);
    if (!isLast) return;
    this.#request = undefined;
    request.resolve({ how: 'done' });
  }

  #end(code: number | null, signal: NodeJS.Signals | null): void {
    this.#dead = true;
    this.#exit = `exit ${signal ?? code}`;
    const how = this.#killedFor ?? ownEnd(signal, this.#notice);
    if (how === 'fault' && this.#ready) {
      const [said = ''] = this.#notice.trim().split('\n', 1);
      this.#fault = { exit: signal ?? String(code), said: said.slice(0, saidLength) };
    }
    const request = this.#request;
    this.#request = undefined;
    request?.resolve({ how });
  }

  #note(text: string): void {
    this.#notice = (this.#notice + text).slice(0, noticeLength);
  }

  /** An idle child keeps no process alive; while it works, the pool's timer does. */
  #unref(): void {
    this.#child.unref();
    for (const stream of this.#child.stdio ?? []) {
      if (stream && 'unref' in stream && typeof stream.unref === 'function') stream.unref();
    }
  }
}

/** Why a child ended that was not killed here. */
function ownEnd(signal: NodeJS.Signals | null, notice: string): RequestEnd['how'] {
  if (signal === 'SIGKILL' || signal === 'SIGTERM') return 'lost';
  return outOfMemory.test(notice) ? 'memory' : 'fault';
}
