import { writeSync } from 'node:fs';

/** Characters that wait at most while standard output takes nothing: beyond them lines are dropped, and counted. */
const mostWaiting = 8 * 1024 * 1024;
/** Milliseconds after which a full pipe is tried again, and that it may hold up the exit of the process. */
const retryMs = 20;
const exitPatience = 1000;

/** Writes some of the bytes and tells how many, as `fs.writeSync(1, …)`. */
type Write = (bytes: Buffer) => number;

/**
 * Where the log goes: whole lines, those of one turn of the event loop in one write, what waits at exit then. A pipe
 * that is full is waited for without blocking, one that nobody reads any more is given up, and a disk that is full
 * costs the lines that met it: the log stops nothing. (SonicBoom, pino's own, flushes for ever at exit where the
 * disk is full or the pipe broken, and forgets what was under way.)
 */
export class StandardOutput {
  readonly #write: Write;
  #lines = '';
  /** What a full pipe has not taken yet. */
  #rest: Buffer | null = null;
  #scheduled = false;
  #closed = false;
  #dropped = 0;

  constructor(write: Write = (bytes) => writeSync(1, bytes)) {
    this.#write = write;
  }

  /** Takes a line, its end included. */
  write(line: string): void {
    if (this.#closed) return;
    if (this.#lines.length + line.length > mostWaiting) {
      this.#dropped += 1;
      return;
    }
    this.#lines += line;
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#flush());
  }

  /** Writes what waits, for at most a second. */
  flushNow(): void {
    const deadline = performance.now() + exitPatience;
    while (!this.#closed && this.#hasMore && performance.now() < deadline) this.#pass();
  }

  get #hasMore(): boolean {
    return this.#rest !== null || this.#lines !== '';
  }

  #flush(): void {
    this.#scheduled = false;
    // Once for the rest and once for the lines; a pipe that took only a part is full.
    while (!this.#closed && this.#hasMore && this.#pass());
    if (this.#closed || !this.#hasMore || this.#scheduled) return;
    this.#scheduled = true;
    setTimeout(() => this.#flush(), retryMs).unref();
  }

  /** One write. False when the pipe is full. */
  #pass(): boolean {
    const bytes = this.#rest ?? Buffer.from(this.#takeLines());
    try {
      const written = this.#write(bytes);
      this.#rest = written < bytes.length ? bytes.subarray(written) : null;
      return true;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'EAGAIN') this.#rest = bytes;
      else if (code === 'EPIPE' || code === 'EBADF') this.#close();
      else this.#drop(bytes);
      return code !== 'EAGAIN';
    }
  }

  #takeLines(): string {
    const dropped = this.#dropped;
    const lines = dropped === 0 ? this.#lines : `${this.#lines}${lossLine(dropped)}`;
    this.#lines = '';
    this.#dropped = 0;
    return lines;
  }

  /** The lines of a write that failed. The next write begins a line of its own, whatever of them was written. */
  #drop(bytes: Buffer): void {
    this.#rest = null;
    this.#dropped += bytes.toString().split('\n').length - 1;
  }

  #close(): void {
    this.#closed = true;
    this.#rest = null;
    this.#lines = '';
  }
}

const lossLine = (lines: number) =>
  `${JSON.stringify({ level: 'warn', time: new Date().toISOString(), lines, msg: 'log_lines_lost' })}\n`;
