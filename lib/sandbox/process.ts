import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import type { ConsoleLine, TransformErrorKind, TransformResult } from '../domain/transform';
import { encodeFrame, type Frame, FrameReader } from './child/frames';
import { sandboxLimits } from './limits';

/**
 * How a request ended. `done`: answered, perhaps for the first inputs only. `timeout`, `memory`: killed here.
 * `yielded`: killed while it was silent, because others waited. `crashed`: ended by itself. `lost`: killed by
 * somebody else. `unstarted`: never ready.
 */
export type RequestEnd = {
  how: 'done' | 'timeout' | 'memory' | 'yielded' | 'crashed' | 'lost' | 'unstarted';
  detail?: string;
};

type Request = { onResults: (results: TransformResult[]) => void; resolve: (end: RequestEnd) => void };

const nodeFlags = [
  // isolated-vm asks for it.
  '--no-node-snapshot',
  // With marking in steps, contexts that were left stayed in memory: an isolate filled up to its limit with them and was
  // collected as a whole again and again, more than half of what its runs cost.
  '--no-incremental-marking',
  // Without these checks V8 13.6 hands its internal hole to scripts (CVE-2025-6554), and its optimising compilers are
  // where most others of that kind were; a payload takes a twentieth longer.
  '--no-ignition-elide-redundant-tdz-checks',
  '--no-opt',
  '--no-maglev',
];
const pageBytes = 4096;
/** A child that has grown this far is replaced between two requests. */
const retireBytes = 256 * 1024 * 1024;
const startupMs = 15_000;
/** A child that starts longer than this is waited for, but others may be started. */
const slowStartMs = 2000;
/** What a silent child's niceness becomes: it has the processor that others leave. */
const silentNiceness = 10;
const textsPerResult = 6;
const noticeLength = 2000;

/** One child process that runs scripts, one request at a time. It cannot be used again once it is dead. */
export class SandboxProcess {
  /** Without streams when it could not even be spawned for want of descriptors (EMFILE, ENFILE). */
  readonly #child: ChildProcess;
  readonly #reader = new FrameReader(sandboxLimits.frameBytes);
  readonly #closed: Promise<void>;
  #ready = false;
  #dead = false;
  #request: Request | undefined;
  #killedFor: 'timeout' | 'memory' | 'yielded' | 'crashed' | undefined;
  #isDemoted = false;
  #lastSign = performance.now();
  #overdue = 0;
  #resident = 0;
  /** What the child had to say for itself on stderr. */
  #notice = '';

  /** @throws Error when the system refuses a process at once; where it tells later, a request ends `unstarted` */
  constructor() {
    // Not for the bundler: the child is a file of its own, which Node runs as it is.
    const file = join(/* turbopackIgnore: true */ process.cwd(), 'lib/sandbox/child/main.ts');
    const args = [...nodeFlags, '--disable-warning=ExperimentalWarning', file, String(process.pid)];
    this.#child = spawn(/* turbopackIgnore: true */ process.execPath, args, {
      env: {} as NodeJS.ProcessEnv,
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    // First of all: an 'error' that nobody listens to ends the application. 'close' follows.
    this.#child.on('error', (error) => this.#note(error.message));
    this.#closed = new Promise((resolve) => {
      this.#child.once('close', (code, signal) => {
        this.#end(code, signal);
        resolve();
      });
    });
    this.#child.stdout?.on('data', (chunk: Buffer) => this.#receive(chunk));
    this.#child.stderr?.on('data', (chunk: Buffer) => this.#note(chunk.toString()));
    this.#child.stdin?.on('error', () => {}); // EPIPE of a dead child: 'close' follows and tells
    this.#unref();
  }

  get isIdle(): boolean {
    return !this.#request && !this.#dead;
  }

  /** It has started: what it is asked, it does at once. */
  get isReady(): boolean {
    return this.#ready;
  }

  get isDead(): boolean {
    return this.#dead;
  }

  /** To be replaced rather than used again: it has grown large, or it was demoted, which takes rights to undo. */
  get isWorn(): boolean {
    return this.#resident > retireBytes || this.#isDemoted;
  }

  /** It is at work and has said nothing for so long that it hangs, most likely. */
  get isSilent(): boolean {
    return (
      this.#request !== undefined && this.silenceMs > (this.#ready ? sandboxLimits.silentMs : slowStartMs)
    );
  }

  /** Dead before it was ever ready. */
  get failedToStart(): boolean {
    return this.#dead && !this.#ready;
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
      this.#lastSign = performance.now();
      this.#overdue = 0;
      this.#child.stdin?.write(bytes);
    });
  }

  /** To be called every few milliseconds while the child works: kills it when it is over a limit. */
  watch(): void {
    if (!this.#request || this.#dead) return;
    this.#resident = residentBytes(this.#child.pid);
    if (this.#resident > sandboxLimits.residentBytes) this.#kill('memory');
    // Twice, so that an answer which arrived while this process itself was busy is read first.
    const limit = this.#ready ? sandboxLimits.wallMs : startupMs;
    if (this.silenceMs > limit && ++this.#overdue >= 2) this.#kill('timeout');
    if (this.isSilent && this.#ready) this.#demote();
  }

  /** Kills the child although it has not had its full time. */
  yield(): void {
    this.#kill('yielded');
  }

  /** Kills the child; resolves when it is gone. */
  close(): Promise<void> {
    this.#dead = true;
    this.#child.ref();
    this.#child.kill('SIGKILL');
    return this.#closed;
  }

  #kill(reason: 'timeout' | 'memory' | 'yielded' | 'crashed'): void {
    this.#killedFor ??= reason;
    this.#dead = true;
    this.#child.kill('SIGKILL');
  }

  #demote(): void {
    if (this.#isDemoted || this.#child.pid === undefined) return;
    this.#isDemoted = true;
    try {
      setPriority(this.#child.pid, silentNiceness);
    } catch {
      // It has just died, or the system has no such thing: the wall remains.
    }
  }

  #receive(chunk: Buffer): void {
    if (this.#dead) return;
    try {
      for (const [kind, ...texts] of this.#reader.push(chunk)) {
        this.#lastSign = performance.now();
        this.#overdue = 0;
        if (kind === 'ready') this.#ready = true;
        else this.#answer(kind === 'done', readResults(texts));
      }
    } catch {
      this.#kill('crashed');
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
    const request = this.#request;
    this.#request = undefined;
    if (!request) return;
    const detail = this.#notice || `exit ${signal ?? code}`;
    if (!this.#ready) request.resolve({ how: 'unstarted', detail });
    else if (this.#killedFor) request.resolve({ how: this.#killedFor });
    else request.resolve({ how: signal === 'SIGKILL' || signal === 'SIGTERM' ? 'lost' : 'crashed', detail });
  }

  #note(text: string): void {
    this.#notice = (this.#notice + text).slice(0, noticeLength);
  }

  /** An idle child keeps no process alive; while it works, the pool's timer does. */
  #unref(): void {
    this.#child.unref();
    for (const stream of [this.#child.stdin, this.#child.stdout, this.#child.stderr]) {
      if (stream && 'unref' in stream && typeof stream.unref === 'function') stream.unref();
    }
  }
}

/** The other end of `resultTexts` in the child. */
function readResults(texts: Frame): TransformResult[] {
  const results: TransformResult[] = [];
  for (let index = 0; index + textsPerResult <= texts.length; index += textsPerResult) {
    const [status = '', text = '', line = '', column = '', lines = '', duration = ''] = texts.slice(index);
    const console: ConsoleLine[] = lines === '' ? [] : JSON.parse(lines);
    const durationMs = Number(duration);
    const place = { ...(line && { line: Number(line) }), ...(column && { column: Number(column) }) };
    if (status === 'ok') results.push({ ok: true, dropped: false, json: text, console, durationMs });
    else if (status === 'dropped') results.push({ ok: true, dropped: true, console, durationMs });
    else
      results.push({
        ok: false,
        kind: status as TransformErrorKind,
        message: text,
        ...place,
        console,
        durationMs,
      });
  }
  return results;
}

/** 0 where the system does not tell. */
function residentBytes(pid: number | undefined): number {
  try {
    const [, pages] = readFileSync(/* turbopackIgnore: true */ `/proc/${pid}/statm`, 'latin1').split(' ');
    return Number(pages) * pageBytes;
  } catch {
    return 0;
  }
}
