import type { ChildProcess } from 'node:child_process';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { createStream, type RotatingFileStream } from 'rotating-file-stream';
import { logFile } from './dataDir.ts';

/** A log of the stack: `app.log` is written, `app.log.1` is the one before; five of 10 MB are kept. */
export interface RotatingLog {
  write(text: string | Buffer): void;
  /** Writes what a process prints. It is always read, so that who prints never waits. */
  take(...printed: (Readable | null)[]): void;
  /** The last 4,000 characters. */
  tail(): string;
  /** Resolves when all of it is on the disk. */
  close(): Promise<void>;
}

type LogName = Parameters<typeof logFile>[1];
type Limits = { size: `${number}${'B' | 'K' | 'M'}`; files: number };

const tailLength = 4000;
/** Bytes that wait at most for a slow disk; what comes beyond them is left out. */
const mostWaiting = 8 * 1024 * 1024;
/** Milliseconds after which a disk that was full is tried again. */
const reopenAfter = 1000;

export function openLog(
  dataDir: string,
  name: LogName,
  limits: Limits = { size: '10M', files: 5 },
): RotatingLog {
  const file = logFile(dataDir, name);
  const open = () => {
    const named = (index?: number | Date | null) => path.basename(index ? `${file}.${index}` : file);
    const opened = createStream(named, {
      path: path.dirname(file),
      mode: 0o600,
      size: limits.size,
      rotate: limits.files - 1,
    });
    // A full disk is no reason to stop anything: the stream is gone, and another one is tried later.
    return opened.on('error', () => {}).on('warning', () => {});
  };
  let stream: RotatingFileStream = open();
  let openedAt = performance.now();
  let tail = '';

  const write = (text: string | Buffer) => {
    tail = (tail + text).slice(-tailLength);
    if (stream.destroyed && performance.now() - openedAt > reopenAfter) {
      stream = open();
      openedAt = performance.now();
    }
    if (!stream.destroyed && stream.writableLength < mostWaiting) stream.write(text);
  };
  return {
    write,
    take: (...printed) => {
      for (const readable of printed) readable?.on('data', write).on('error', () => {});
    },
    tail: () => tail,
    close: async () => {
      if (stream.destroyed) return;
      const { promise: closed, resolve } = Promise.withResolvers<void>();
      stream.once('close', resolve);
      stream.end();
      await closed;
    },
  };
}

/** Waits until what a process that has ended had printed is read; not for those who inherited its output. */
export async function outputRead(child: ChildProcess): Promise<void> {
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  child.once('close', resolve);
  if (child.stdout?.readableEnded !== false && child.stderr?.readableEnded !== false) return;
  await Promise.race([closed, sleep(500)]);
}
